package mockserver_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
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

// describe makes openapi.json from the operations and wire types of the control API.
func describe(t *testing.T) object {
	d := describer{docs: fieldDocs(t), schemas: object{}}
	paths := object{"/v2/charges": object{"post": createCharge}}
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
		"info": object{"title": "tapmock control API", "version": "1", "description": "Controls the clock, scenarios, settings and gates of an account, and returns what happened. " +
			"Every call is about the account of its secret key. A call with the admin token (-admin-token) is about the account that the header " + control.AccountHeader + " names, by its key or its name."},
		"security": []object{{"key": []string{}}},
		"paths":    paths,
		"components": object{"schemas": d.schemas, "securitySchemes": object{"key": object{"type": "http", "scheme": "bearer",
			"description": "The secret key of the account, sk_test_…, or the admin token."}}},
	}
}

// errorCodes are the codes of errors of the control API, and that of the Go client.
var errorCodes = []string{"unauthorized", "bad_request", "not_found", "busy", "backwards", "evicted", "too_large", "full", "misdirected", "forbidden", "internal"}

// createCharge is Tap's own call, as far as the mock adds to it.
var createCharge = object{
	"operationId": "CreateCharge",
	"summary":     "Tap's own call that creates a charge. The mock adds the request header X-Tapmock-Scenario and the headers of the answer.",
	"parameters": []object{{"name": "X-Tapmock-Scenario", "in": "header", "schema": object{"type": "string"},
		"description": "The scenario that the charge follows: a name, or several joined by +. It precedes metadata.tapmock_scenario, the queue, matches and the default scenarios. " +
			"An unknown name is error 1103 with HTTP status 400, which names near ones."}},
	"requestBody": object{"content": object{"application/json": object{"schema": object{"type": "object"}}}},
	"responses": object{
		"200": object{"description": "The charge, as Tap writes it.", "content": object{"application/json": object{"schema": object{"type": "object"}}},
			"headers": object{
				"X-Tapmock-Scenario": object{"description": "The scenario that the charge follows, if any.", "schema": object{"type": "string"}},
				"X-Tapmock-Note":     object{"description": "A leniency, an assumption or a hint; a header for each.", "schema": object{"type": "string"}},
			}},
		"default": object{"description": "An error, as Tap writes it.", "content": object{"application/json": object{"schema": object{"type": "object"}}}},
	},
}

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
	name := upperFirst(t.Name())
	ref := object{"$ref": "#/components/schemas/" + name}
	if d.schemas[name] != nil {
		return ref
	}
	properties, required := object{}, []string{}
	schema := object{"type": "object", "properties": properties}
	if doc := d.docs[t.Name()]; doc != "" {
		schema["description"] = upperFirst(doc)
	}
	d.schemas[name] = schema
	for _, f := range reflect.VisibleFields(t) {
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" {
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

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func (d *describer) field(t reflect.Type, f reflect.StructField) object {
	s := d.schema(f.Type)
	if f.Type == reflect.TypeFor[map[string]any]() { // settings
		s = object{"type": "object", "propertyNames": object{"enum": tap.SettingNames()}, "additionalProperties": object{"type": []string{"string", "boolean", "number", "null"}}}
	}
	if doc := d.docs[t.Name()+"."+f.Name]; doc != "" {
		s["description"] = doc
	}
	return s
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
