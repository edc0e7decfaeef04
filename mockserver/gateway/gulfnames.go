package gateway

// Names that are common in the Gulf; a history combines them at random.
var (
	firstNames = []string{"Abdullah", "Ahmad", "Ali", "Bader", "Dalal", "Dana", "Fahad", "Faisal", "Farah", "Fatma", "Ghada", "Hala", "Hamad", "Hassan",
		"Hessa", "Hussain", "Ibrahim", "Jassim", "Khaled", "Latifa", "Layla", "Maha", "Mariam", "Mishari", "Mohammad", "Mona", "Nasser", "Noor", "Nouf",
		"Omar", "Rashed", "Reem", "Saad", "Salem", "Sara", "Saud", "Shaikha", "Sultan", "Talal", "Yousef", "Zahra", "Zainab"}
	familyNames = []string{"Al-Ahmad", "Al-Ali", "Al-Anzi", "Al-Awadhi", "Al-Azmi", "Al-Dosari", "Al-Enezi", "Al-Failakawi", "Al-Hajri", "Al-Hamad",
		"Al-Harbi", "Al-Hashmi", "Al-Kandari", "Al-Khaldi", "Al-Mansour", "Al-Mutairi", "Al-Najjar", "Al-Otaibi", "Al-Qahtani", "Al-Qattan", "Al-Rashidi",
		"Al-Saleh", "Al-Salman", "Al-Shammari", "Al-Shatti", "Al-Subaie", "Al-Suwaidi", "Al-Tamimi", "Al-Yousef", "Al-Zaabi", "Ashkanani", "Behbehani",
		"Boushehri", "Dashti", "Hayat", "Karam", "Maki", "Marafi", "Qabazard", "Taqi"}
)
