package scenarios

import (
	"embed"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed library/*.yaml
var library embed.FS

// Builtin is the built-in library: the files in scenarios/library.
var Builtin = sync.OnceValue(func() *Set {
	files, err := fs.Glob(library, "library/*.yaml")
	if err != nil || len(files) == 0 {
		panic("scenarios: the library is empty")
	}
	var sources []source
	for _, name := range files {
		text, _ := library.ReadFile(name)
		f, d := decodeFile(name, text)
		sources = append(sources, source{f, d})
	}
	set, err := build(nil, sources)
	if err != nil {
		panic("scenarios: the library: " + err.Error())
	}
	set.library = true
	set.ofProgram()
	return set
})

// builtin reports whether the library has the name and this set is on top of it.
func (s *Set) builtin(name string) bool {
	for ; s.under != nil; s = s.under {
	}
	return s.library && s.scripts[name] != nil
}

// Load makes a set of files and of directories, whose .yaml and .yml files are read in alphabetical order, on top of under.
// The error is a [Mistakes] or says which file cannot be read.
func Load(under *Set, paths ...string) (*Set, error) {
	files, err := list(paths)
	if err != nil {
		return nil, err
	}
	var sources []source
	for _, name := range files {
		text, err := readFile(name)
		if err != nil {
			return nil, err
		}
		f, d := decodeFile(name, text)
		sources = append(sources, source{f, d})
	}
	set, err := build(under, sources)
	if err == nil {
		set.ofProgram()
	}
	return set, err
}

// list returns the files of the paths.
func list(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		found := 0
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
				files = append(files, filepath.Join(path, e.Name()))
				found++
			}
		}
		if found == 0 {
			return nil, fmt.Errorf("scenarios: the directory %s has no .yaml files", path)
		}
	}
	return unique(files), nil
}

// unique removes repeated files.
func unique(files []string) []string {
	var out []string
	for _, f := range files {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// readFile reads a file within the size limit of scenario files. It refuses what is not a regular file before opening it, because to
// open or read a FIFO or a device may never end.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("scenarios: %s is %s; name a regular file, or a directory of regular files", name, kindOfFile(info.Mode()))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // regardless of the size in Stat, which is 0 for some files
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("scenarios: %s has more than %d bytes, which is the limit; split it", name, maxFile)
	}
	return text, nil
}

func kindOfFile(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory inside a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

// Fingerprint identifies the state of the files by their names and contents. It is an error if one of them cannot be read.
func Fingerprint(paths ...string) (uint64, error) {
	files, err := list(paths)
	if err != nil {
		return 0, err
	}
	h := fnv.New64a()
	for _, name := range files {
		text, err := readFile(name)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(h, "%s %d\n", name, len(text))
		h.Write(text)
	}
	return h.Sum64(), nil
}
