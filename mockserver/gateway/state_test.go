package gateway

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// immutable are the types to which the state may point, because their values are never changed.
var immutable = []reflect.Type{reflect.TypeFor[scenarios.Script](), reflect.TypeFor[scenarios.Set](), reflect.TypeFor[scenarios.Fault](), reflect.TypeFor[tap.Settings](),
	reflect.TypeFor[tap.PaymentRequest](), reflect.TypeFor[tap.Result](), reflect.TypeFor[payment.References](), reflect.TypeFor[tap.RefundRequest](), reflect.TypeFor[tap.InvoiceRequest](), reflect.TypeFor[payment.RefundReferences](), reflect.TypeFor[Sent](), reflect.TypeFor[call]()}

// plain are structs of other packages that are plain data although they have a pointer or are opaque.
var plain = []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[rand.PCG]()}

// TestStateIsPlainData walks through the type of an account's state: it has nothing that could not be copied, written or compared.
func TestStateIsPlainData(t *testing.T) {
	w := plainWalk{t, map[reflect.Type]bool{}}
	w.walk(reflect.TypeFor[state](), "state")
	if len(w.seen) < 25 {
		t.Errorf("only %d types were seen", len(w.seen))
	}
	for _, one := range []reflect.Type{reflect.TypeFor[*live](), reflect.TypeFor[chan int](), reflect.TypeFor[func()](), reflect.TypeFor[error](), reflect.TypeFor[*rand.Rand]()} {
		if isPlain(one) {
			t.Errorf("the test accepts %s", one)
		}
	}
}

type plainWalk struct {
	*testing.T
	seen map[reflect.Type]bool
}

// isPlain reports whether values of the type itself, without its elements, are plain data.
func isPlain(of reflect.Type) bool {
	switch of.Kind() {
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.UnsafePointer, reflect.Uintptr:
		return false
	case reflect.Pointer:
		return slices.Contains(immutable, of.Elem())
	}
	return of.PkgPath() != "sync" && of.PkgPath() != "sync/atomic" && of.PkgPath() != "context"
}

func (w plainWalk) walk(of reflect.Type, path string) {
	if w.seen[of] || slices.Contains(plain, of) {
		return
	}
	w.seen[of] = true
	if !isPlain(of) {
		w.Errorf("%s is a %s", path, of)
	}
	switch of.Kind() {
	case reflect.Struct:
		for field := range of.Fields() {
			w.walk(field.Type, path+"."+field.Name)
		}
	case reflect.Map:
		w.walk(of.Key(), path+" key")
		w.walk(of.Elem(), path+" value")
	case reflect.Slice, reflect.Array:
		w.walk(of.Elem(), path+" element")
	}
}

// TestOneDoor counts the places that lock an account: one.
func TestOneDoor(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	doors, updates := 0, 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch chain := chainOf(call.Fun); {
			case strings.HasSuffix(chain, ".update"), strings.HasSuffix(chain, ".on"):
				updates++
			case chain == "a.mu.Lock" || strings.HasSuffix(chain, "account.mu.Lock"):
				doors++
			}
			return true
		})
	}
	if doors != 1 || updates < 60 {
		t.Errorf("%d places lock an account, %d go through the door", doors, updates)
	}
}

// chainOf is the text of a selector such as a.mu.Lock.
func chainOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return chainOf(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}
