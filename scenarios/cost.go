package scenarios

import (
	"reflect"
	"unsafe"
)

// Cost is about how many bytes of memory the set needs: its scenarios, their scripts, its rules, and the combinations that it remembers
// at most. Sets under it do not count. Equal sets have equal costs; nil costs nothing.
func (s *Set) Cost() int {
	if s == nil {
		return 0
	}
	s.weighed.Do(func() {
		w := weigher{}
		for _, part := range []any{s.written, s.shared, s.scripts, s.rules} {
			s.cost += w.inside(reflect.ValueOf(part))
		}
		s.cost += int(unsafe.Sizeof(*s)) + s.remembers
	})
	return s.cost
}

// Cost is about how many bytes of memory the script needs, with everything that it may share with others.
func (s *Script) Cost() int { return weigher{}.inside(reflect.ValueOf(s)) }

// weigher estimates how much memory values need. It holds the addresses that it has counted.
type weigher map[unsafe.Pointer]bool

// fresh reports whether the address has not been counted yet, and counts it.
func (w weigher) fresh(p unsafe.Pointer) bool {
	if w[p] {
		return false
	}
	w[p] = true
	return true
}

// inside is the size of everything that v points to. Chunks of memory have sizes of at least 16 bytes.
func (w weigher) inside(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || !w.fresh(v.UnsafePointer()) {
			return 0
		}
		return chunk(int(v.Type().Elem().Size())) + w.inside(v.Elem())
	case reflect.String:
		if v.Len() == 0 || !w.fresh(unsafe.Pointer(unsafe.StringData(v.String()))) {
			return 0
		}
		return chunk(v.Len())
	case reflect.Slice:
		return w.list(v)
	case reflect.Map:
		return w.entries(v)
	case reflect.Struct:
		n := 0
		for _, field := range v.Fields() {
			n += w.inside(field)
		}
		return n
	}
	return 0
}

func (w weigher) list(v reflect.Value) int {
	if v.Len() == 0 || !w.fresh(v.UnsafePointer()) {
		return 0
	}
	n := chunk(v.Cap() * int(v.Type().Elem().Size()))
	for i := range v.Len() {
		n += w.inside(v.Index(i))
	}
	return n
}

// entries is the size of a map, which has room for a multiple of eight entries, of which it uses seven eighths at most.
func (w weigher) entries(v reflect.Value) int {
	if v.IsNil() || !w.fresh(v.UnsafePointer()) {
		return 0
	}
	slot := int(v.Type().Key().Size()+v.Type().Elem().Size()) + 1
	room := 8
	for v.Len() > 8 && v.Len() > room*7/8 {
		room *= 2
	}
	n := 48 + room*slot
	for entry := v.MapRange(); entry.Next(); {
		n += w.inside(entry.Key()) + w.inside(entry.Value())
	}
	return n
}

// chunk is how much memory is allocated for n bytes, about.
func chunk(n int) int { return (n + 15) / 16 * 16 }
