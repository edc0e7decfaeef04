package mockserver_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

type object = map[string]any

// TestOpenAPI holds openapi.json against the operations and wire types of the control API; -update writes it.
func TestOpenAPI(t *testing.T) {
	d := describer{docs: fieldDocs(t), schemas: object{}}
	paths := object{}
	for _, op := range control.Operations() {
		path := control.Prefix + op.Path
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path].(object)[strings.ToLower(op.Method)] = d.operation(op)
	}
	_ = 0
	doc := object{
		"openapi": "3.1.0",
		"info": object{"title": "tapmock control API", "version": "1", "description": "Holds the clock, scenarios, settings and gates of an account, and tells what happened. " +
			"Every call is about the account of its secret key; by the admin token (-admin-token) about the one that the header " + control.AccountHeader + " names."},
		"security":   []object{{"key": []string{}}},
		"paths":      paths,
		"components": object{"schemas": d.schemas, "securitySchemes": object{"key": object{"type": "http", "scheme": "bearer", "description": "The account's secret key, sk_test_…, or the admin token."}}},
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("openapi.json (-have +want), -update writes it:\n%s", diff)
	}
}

// TestOpenAPIAgainstRoutes looks for operations without a route and routes without an operation.
func TestOpenAPIAgainstRoutes(t *testing.T) {
	operations := map[string]bool{}
	for _, op := range control.Operations() {
		operations[op.Method+" "+control.Prefix+op.Path] = true
	}
	m := startMock(t, mockserver.Config{})
	routes := 0
	m.Routes().Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, _ := r.GetPathTemplate()
		if !strings.HasPrefix(path, control.Prefix) {
			return nil
		}
		methods, _ := r.GetMethods()
		at := methods[0] + " " + strings.ReplaceAll(path, "{name:.+}", "{name}")
		if !operations[at] {
			t.Errorf("%s is a route and no operation", at)
		}
		delete(operations, at)
		routes++
		return nil
	})
	for at := range operations {
		t.Errorf("%s is an operation and no route", at)
	}
	if routes < 20 {
		t.Errorf("only %d routes were looked at", routes)
	}
}

// describer makes OpenAPI of the wire types.
type describer struct {
	docs    map[string]string // "Type.Field" and "Type" → comment
	schemas object
}

func (d *describer) operation(op control.Operation) object {
	out := object{"operationId": op.Name, "summary": op.Description, "responses": object{
		"200":     object{"description": "What was asked for.", "content": d.content(op.Response)},
		"default": object{"description": "What is wrong.", "content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/ErrorAnswer"}}}},
	}}
	var parameters []object
	if strings.Contains(op.Path, "{name}") {
		parameters = append(parameters, object{"name": "name", "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, q := range op.Query {
		parameters = append(parameters, object{"name": q.Name, "in": "query", "description": q.Description, "schema": object{"type": "string"}})
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	if op.Request != nil {
		out["requestBody"] = object{"content": d.content(op.Request)}
	}
	return out
}

func (d *describer) content(of any) object {
	if _, text := of.(string); text {
		return object{"application/yaml": object{"schema": object{"type": "string"}}}
	}
	return object{"application/json": object{"schema": d.schema(reflect.TypeOf(of))}}
}

func (d *describer) schema(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return d.schema(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": d.schema(t.Elem())}
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String:
		return object{"type": "object", "additionalProperties": object{"type": "string"}}
	case t.Kind() == reflect.Struct:
		return d.structure(t)
	}
	kinds := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Uint64: "integer", reflect.Float64: "number"}
	if name := kinds[t.Kind()]; name != "" {
		return object{"type": name}
	}
	return object{"type": "object"}
}

func (d *describer) structure(t reflect.Type) object {
	ref := object{"$ref": "#/components/schemas/" + t.Name()}
	if d.schemas[t.Name()] != nil {
		return ref
	}
	properties := object{}
	d.schemas[t.Name()] = object{"type": "object", "description": d.docs[t.Name()], "properties": properties}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		s := d.schema(f.Type)
		if doc := d.docs[t.Name()+"."+f.Name]; doc != "" {
			s["description"] = doc
		}
		properties[name] = s
	}
	return ref
}

// fieldDocs reads the comments of the wire types from their source.
func fieldDocs(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "control/types.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		spec := gen.Specs[0].(*ast.TypeSpec)
		docs[spec.Name.Name] = strings.TrimSpace(gen.Doc.Text())
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				docs[spec.Name.Name+"."+f.Names[0].Name] = strings.TrimSpace(f.Comment.Text())
			}
		}
	}
	return docs
}
