package mockserver_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// describe makes openapi.json from the operations and wire types of the control API and of Tap's.
func describe(t *testing.T) object {
	d := describer{docs: fieldDocs(t), schemas: object{}}
	paths := object{}
	for i := range tapCalls {
		c := &tapCalls[i]
		if paths[c.path] == nil {
			paths[c.path] = object{}
		}
		paths[c.path].(object)[strings.ToLower(c.method)] = d.tapOperation(c)
	}
	for _, op := range control.Operations() {
		path := control.Prefix + op.Path
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path].(object)[strings.ToLower(op.Method)] = d.operation(op)
	}
	d.schemas["ErrorBody"] = object{"type": "object", "description": upperFirst(d.docs["errorBody"]), "properties": object{"error": d.schema(reflect.TypeFor[control.Error]())}, "required": []string{"error"}}
	valueAt(d.schemas, "Error", "properties", "code").(object)["enum"] = errorCodes
	valueAt(d.schemas, "Effect", "properties", "kind").(object)["enum"] = gateway.Kinds()
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "tapmock", "version": "1", "description": "Under /v2 Tap's API as KNET merchants call it. Under " + control.Prefix + " the control API: it controls the clock, scenarios, settings and gates of an account, and returns what happened. " +
			"Every call is about the account of its secret key. A call with the admin token (-admin-token) is about the account that the header " + control.AccountHeader + " names, by its key or its name."},
		"security": []object{{"key": []string{}}},
		"paths":    paths,
		"components": object{"schemas": d.schemas, "securitySchemes": object{"key": object{"type": "http", "scheme": "bearer",
			"description": "The secret key of the account, sk_test_…, or the admin token."}}},
	}
}

// errorCodes are the codes of errors of the control API, and that of the Go client.
var errorCodes = []string{"unauthorized", "bad_request", "not_found", "busy", "backwards", "evicted", "too_large", "full", "misdirected", "forbidden", "internal"}

// describer makes OpenAPI from the wire types.
type describer struct {
	docs    map[string]string // "Type.Field" and "Type" → comment
	schemas object
}

func (d *describer) operation(op control.Operation) object {
	out := object{"operationId": op.Name, "summary": op.Description, "responses": object{
		"200":     object{"description": "The result.", "content": d.content(op.Response)},
		"default": object{"description": "The error.", "content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/ErrorBody"}}}},
	}}
	var parameters []object
	for _, name := range []string{"name", "id"} {
		if strings.Contains(op.Path, "{"+name+"}") {
			parameters = append(parameters, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, q := range op.Query {
		parameters = append(parameters, object{"name": q.Name, "in": "query", "description": q.Description, "schema": d.parameter(q)})
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	if op.Request != nil {
		out["requestBody"] = object{"content": d.content(op.Request)}
	}
	return out
}

// bounds are the bounds of a limit in its description.
var bounds = regexp.MustCompile(`up to (\d+); default (\d+)`)

// parameter is the schema of a parameter of a query.
func (d *describer) parameter(q control.Parameter) object {
	switch q.Name {
	case "status":
		return d.schema(reflect.TypeFor[tap.Status]())
	case "event":
		return d.schema(reflect.TypeFor[tap.Event]())
	case "after", "before":
		if strings.Contains(q.Description, "Last-Event-ID") {
			break
		}
		return object{"type": "integer", "minimum": 0}
	case "limit":
		found := bounds.FindStringSubmatch(q.Description)
		most, _ := strconv.Atoi(found[1])
		preset, _ := strconv.Atoi(found[2])
		return object{"type": "integer", "minimum": 1, "maximum": most, "default": preset}
	}
	return object{"type": "string"}
}

func (d *describer) content(of any) object {
	if _, text := of.(string); text {
		return object{"application/yaml": object{"schema": object{"type": "string"}}}
	}
	if _, stream := of.(control.EventStream); stream {
		return object{"text/event-stream": object{"schema": object{"type": "string", "description": d.docs["EventStream"]}}}
	}
	return object{"application/json": object{"schema": d.schema(reflect.TypeOf(of))}}
}

func (d *describer) schema(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[tap.Status]():
		return d.words("Status", "Status of a charge.", tap.Statuses())
	case t == reflect.TypeFor[tap.Event]():
		return d.events()
	case t == reflect.TypeFor[tap.Kind]():
		return d.words("Kind", "Kind of a payment object.", tap.Kinds())
	case t == reflect.TypeFor[tap.RefundStatus]():
		return d.words("RefundStatus", "Status of a refund.", tap.RefundStatuses())
	case t == reflect.TypeFor[tap.DeliveryStatus]():
		return d.words("DeliveryStatus", "Status of the webhook of a charge or refund, or of the return of a charge.", []tap.DeliveryStatus{tap.DeliveryPending, tap.DeliverySuccess, tap.DeliveryError})
	case t == reflect.TypeFor[tap.Number]():
		return object{"type": "number"}
	case t == reflect.TypeFor[tap.Raw](), t == reflect.TypeFor[map[string]any]():
		return object{"type": "object"}
	case t == reflect.TypeFor[tap.AutoType]():
		return d.words("AutoType", "What becomes of an authorization by itself.", []tap.AutoType{tap.AutoVoid, tap.AutoCapture})
	case t == reflect.TypeFor[tap.AutoStatus]():
		return d.words("AutoStatus", "Status of the auto of an authorization.", append([]tap.AutoStatus{tap.AutoPending, tap.AutoScheduled, tap.AutoCancelled}, tap.AutoResults()...))
	case t.Kind() == reflect.Pointer:
		return d.schema(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": d.schema(t.Elem())}
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String:
		return object{"type": "object", "additionalProperties": object{"type": "string"}}
	case t.Kind() == reflect.Struct:
		return d.structure(t)
	}
	kinds := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Int64: "integer", reflect.Uint64: "integer", reflect.Float64: "number"}
	return object{"type": cmp.Or(kinds[t.Kind()], "object")}
}

// words is a schema of fixed words.
func (d *describer) words(name, description string, words any) object {
	d.schemas[name] = object{"type": "string", "description": description, "enum": words}
	return object{"$ref": "#/components/schemas/" + name}
}

func (d *describer) events() object {
	var description strings.Builder
	description.WriteString("Event of the journal.")
	for _, e := range tap.Events() {
		description.WriteString("\n- " + string(e.Event) + ": " + e.Doc)
	}
	return d.words("Event", description.String(), tap.EventNames())
}

// structure is a reference to the schema of a struct, which it makes once. Unexported types have exported names in the document.
func (d *describer) structure(t reflect.Type) object {
	name := typeName(t)
	ref := object{"$ref": "#/components/schemas/" + name}
	if d.schemas[name] != nil {
		return ref
	}
	properties, required := object{}, []string{}
	schema := object{"type": "object", "properties": properties}
	if doc := d.docs[docName(t)]; doc != "" {
		schema["description"] = upperFirst(doc)
	}
	d.schemas[name] = schema
	for _, f := range reflect.VisibleFields(t) {
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" || f.Anonymous {
			continue
		}
		if options == "" {
			required = append(required, key)
		}
		properties[key] = d.field(t, f)
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return ref
}

// typeName is the name of a struct in the document. Those of Tap's API have a prefix.
func typeName(t reflect.Type) string {
	if isTap(t) {
		return "Tap" + t.Name()
	}
	return upperFirst(t.Name())
}

// docName is the name under which fieldDocs has the comments of a struct.
func docName(t reflect.Type) string {
	if isTap(t) {
		return "tap." + t.Name()
	}
	return t.Name()
}

func isTap(t reflect.Type) bool { return t.PkgPath() == reflect.TypeFor[tap.Charge]().PkgPath() }

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (d *describer) field(t reflect.Type, f reflect.StructField) object {
	s := d.schema(f.Type)
	if f.Type == reflect.TypeFor[map[string]any]() && f.Name != "Metadata" { // settings
		s = object{"type": "object", "propertyNames": object{"enum": tap.SettingNames()}, "additionalProperties": object{"type": []string{"string", "boolean", "number", "null"}}}
	}
	if len(f.Index) > 1 { // of an embedded struct
		t = t.Field(f.Index[0]).Type
	}
	if doc := d.docs[docName(t)+"."+f.Name]; doc != "" {
		s["description"] = doc
	}
	return s
}

// fieldDocs reads the comments of the wire types from their source.
func fieldDocs(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	sources, _ := filepath.Glob("tap/*.go")
	for _, source := range append(sources, "control/types.go", "openapi_tap_test.go") {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		prefix := ""
		if strings.HasPrefix(source, "tap") {
			prefix = "tap."
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
				docsOf(gen, prefix, docs)
			}
		}
	}
	return docs
}

func docsOf(gen *ast.GenDecl, prefix string, docs map[string]string) {
	spec := gen.Specs[0].(*ast.TypeSpec)
	name := prefix + spec.Name.Name
	docs[name] = strings.TrimSpace(gen.Doc.Text())
	if s, ok := spec.Type.(*ast.StructType); ok {
		for _, f := range s.Fields.List {
			if len(f.Names) > 0 {
				docs[name+"."+f.Names[0].Name] = strings.TrimSpace(f.Comment.Text())
			}
		}
	}
}
