package inventory

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

// Farm is the facts of several files. Of each fact the newest counts.
type Farm struct {
	Files   []*File // the oldest first
	Objects         // rows sorted by their key

	servers      map[string]Server
	certificates map[string][]Certificate
	um, routers  map[string]UMHolder
	sites        map[string]Site // by identity in lower case
	pools        map[string]Pool
	trusted      map[string]TrustedPool
	applications map[string][]Application
	webConfig    map[string]WebConfig
	ucma         map[string][]UCMA
	effective    map[string][]EffectiveOverride // has a key for each server where they were read
	services     map[string][]WindowsService
	unread       map[[2]string]string // section and server -> reason
}

// Merge makes one set of facts of several files, whatever their order and their names. What belongs to the organisation
// is taken as a whole from the newest file that has it; what belongs to one server, from the newest file that has it of
// that server. Where two files say different things about the same object, that is a warning; where they say it of the
// same moment, an error.
func Merge(files []*File) (*Farm, finding.List) {
	f := &Farm{Files: slices.Clone(files)}
	slices.SortStableFunc(f.Files, func(a, b *File) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Host, b.Host), bytes.Compare(a.Data, b.Data))
	})
	m := &merger{newestFirst: slices.Clone(f.Files)}
	slices.Reverse(m.newestFirst)
	for i, field := range reflect.VisibleFields(reflect.TypeFor[Objects]()) {
		s := sectionField{i, field.Tag.Get("json"), strings.Fields(field.Tag.Get("key")), strings.Fields(field.Tag.Get("of"))}
		rows := m.whole
		if len(s.of) > 0 {
			rows = m.perServer
		}
		s.in(&f.Objects).Set(rows(s))
	}
	f.index()
	m.findings.Sort()
	return f, m.findings
}

// sectionField is one of the fields of Objects, with the tags that say how it is merged.
type sectionField struct {
	index   int
	name    string
	key, of []string // fields of its rows
}

func (s sectionField) in(o *Objects) reflect.Value { return reflect.ValueOf(o).Elem().Field(s.index) }

// text is the value of some fields of a row, by which rows are compared.
func text(row reflect.Value, fields []string) string {
	var parts []string
	for _, name := range fields {
		parts = append(parts, strings.ToLower(row.FieldByName(name).String()))
	}
	return strings.Join(parts, "/")
}

// sorted appends rows in the order of some of their fields.
func sorted(to reflect.Value, rows []reflect.Value, fields []string) reflect.Value {
	slices.SortStableFunc(rows, func(a, b reflect.Value) int { return cmp.Compare(text(a, fields), text(b, fields)) })
	return reflect.Append(to, rows...)
}

type merger struct {
	newestFirst []*File
	findings    finding.List
}

// whole is a section of the organisation, from the newest file that read it; nil if none did. Older files are compared
// with it.
func (m *merger) whole(s sectionField) reflect.Value {
	var from *File
	byKey := map[string]any{}
	all := reflect.Zero(s.in(&Objects{}).Type())
	for _, f := range m.newestFirst {
		own := s.in(&f.Objects)
		switch {
		case own.IsNil():
		case from == nil && f.Scope == "organisation":
			from = f
			all = sorted(reflect.MakeSlice(own.Type(), 0, own.Len()), rowsOf(own), s.key)
			for _, row := range rowsOf(all) {
				byKey[text(row, s.key)] = row.Interface()
			}
		case from != nil && len(s.key) > 0:
			for _, row := range rowsOf(own) {
				key := text(row, s.key)
				if other, both := byKey[key]; both && !reflect.DeepEqual(other, row.Interface()) {
					m.contradiction(from, f, s.name, key)
					break // the first one tells enough
				}
			}
		}
	}
	return all
}

func rowsOf(slice reflect.Value) []reflect.Value {
	rows := make([]reflect.Value, slice.Len())
	for i := range rows {
		rows[i] = slice.Index(i)
	}
	return rows
}

// contradiction reports an object about which two files differ.
func (m *merger) contradiction(from, older *File, section, key string) {
	severity, message := finding.Warning, "%s: %s is different in %s, which is newer and counts"
	if from.Time.Equal(older.Time) {
		severity, message = finding.Error, "%s: %s is different in %s, which was taken at the same moment"
	}
	m.findings = append(m.findings, finding.Finding{
		ID: "inventory-contradiction", Severity: severity, File: older.Name, Message: fmt.Sprintf(message, section, quote(key), from.Name),
		Hint: "leave out the file that is wrong or of another farm, or run the inventory script again",
	})
}

// perServer is a section whose rows belong to servers: of each server, all rows of the newest file that has some.
func (m *merger) perServer(s sectionField) reflect.Value {
	none := reflect.Zero(s.in(&Objects{}).Type())
	var rows []reflect.Value
	from := map[string]*File{}
	for _, f := range m.newestFirst {
		own := s.in(&f.Objects)
		if own.IsNil() {
			continue
		}
		none = reflect.MakeSlice(own.Type(), 0, 0)
		if from[f.Host] == nil {
			from[f.Host] = f // also where it found nothing
		}
		for _, row := range rowsOf(own) {
			server := text(row, s.of)
			if from[server] == nil {
				from[server] = f
			}
			if from[server] == f {
				rows = append(rows, row)
			}
		}
	}
	return sorted(none, rows, s.of)
}

func (f *Farm) index() {
	f.servers = by(f.Servers, func(s Server) string { return s.Server })
	f.certificates = groupBy(f.Certificates, func(c Certificate) string { return c.Server })
	f.um = by(f.UMServices, func(h UMHolder) string { return h.Server })
	f.routers = by(f.CallRouters, func(h UMHolder) string { return h.Server })
	f.sites = by(f.Sites, func(s Site) string { return strings.ToLower(s.Identity) })
	f.pools = by(f.Pools, func(p Pool) string { return p.Pool })
	f.trusted = by(f.TrustedPools, func(p TrustedPool) string { return p.Pool })
	f.webConfig = by(f.WebConfig, func(w WebConfig) string { return w.Server })
	f.ucma = groupBy(f.UCMA, func(u UCMA) string { return u.Server })
	f.services = groupBy(f.WindowsServices, func(s WindowsService) string { return s.Server })
	f.effective = groupBy(f.EffectiveOverrides, func(e EffectiveOverride) string { return e.Server })
	for _, file := range f.Files {
		if file.Objects.EffectiveOverrides != nil && f.effective[file.Host] == nil {
			f.effective[file.Host] = []EffectiveOverride{}
		}
	}
	f.unread = map[[2]string]string{}
	for _, file := range f.Files {
		for _, u := range file.Unread {
			f.unread[[2]string{u.Section, u.Of}] = u.Reason
		}
	}
	f.applications = groupBy(f.Applications, func(a Application) string { return a.Pool })
}

func by[T any](rows []T, key func(T) string) map[string]T {
	index := make(map[string]T, len(rows))
	for _, r := range rows {
		index[key(r)] = r
	}
	return index
}

func groupBy[T any](rows []T, key func(T) string) map[string][]T {
	index := map[string][]T{}
	for _, r := range rows {
		index[key(r)] = append(index[key(r)], r)
	}
	return index
}

// source says where and when the facts of a kind were read: "read on dub-fe-01.contoso.com, 2026-03-02 09:31Z".
func (f *Farm) source(kind string) string {
	return f.newestOf(kind, func(file *File) bool { return file.Scope == "organisation" })
}

// sourceOf is source for the facts of one Exchange server.
func (f *Farm) sourceOf(server string) string {
	isOwn := func(file *File) bool { return file.Kind == Exchange && file.Host == server }
	if slices.ContainsFunc(f.Files, isOwn) {
		return f.newestOf(Exchange, isOwn)
	}
	return f.source(Exchange)
}

func (f *Farm) newestOf(kind string, belongs func(*File) bool) string {
	for _, file := range slices.Backward(f.Files) {
		if file.Kind == kind && belongs(file) {
			return fmt.Sprintf("read on %s, %s", file.Host, file.Time.Format("2006-01-02 15:04Z"))
		}
	}
	return "no " + kind + " inventory was given"
}

// unreadReason says why a section, or what it holds of a server, was not read; "" if no file tells.
func (f *Farm) unreadReason(section, server string) string {
	return cmp.Or(f.unread[[2]string{section, server}], f.unread[[2]string{section, ""}])
}
