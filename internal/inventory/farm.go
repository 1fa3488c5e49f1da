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

// Merge makes one set of facts of several files, whatever their order and their names. What belongs to the organisation is taken as a whole from the newest
// file that has it; what belongs to one server, from the newest file that has it of that server. Where two files say
// different things about the same object, that is a warning; where they say it of the same moment, an error.
func Merge(files []*File) (*Farm, finding.List) {
	f := &Farm{Files: slices.Clone(files)}
	slices.SortStableFunc(f.Files, func(a, b *File) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Host, b.Host), bytes.Compare(a.Data, b.Data))
	})
	m := &merger{newestFirst: slices.Clone(f.Files)}
	slices.Reverse(m.newestFirst)
	to := &f.Objects

	to.Servers = whole(m, "servers", func(o *Objects) []Server { return o.Servers }, func(s Server) string { return s.Server })
	to.VirtualDirectories = whole(m, "virtualDirectories",
		func(o *Objects) []VirtualDirectory { return o.VirtualDirectories },
		func(d VirtualDirectory) string { return strings.ToLower(d.Identity) })
	to.MailboxPolicies = whole(m, "mailboxPolicies",
		func(o *Objects) []MailboxPolicy { return o.MailboxPolicies },
		func(p MailboxPolicy) string { return p.Name })
	to.MailboxCounts = newest(m, func(o *Objects) []MailboxCount { return o.MailboxCounts })
	to.DialPlans = whole(m, "dialPlans",
		func(o *Objects) []DialPlan { return o.DialPlans },
		func(p DialPlan) string { return p.Name })
	to.UMServices = whole(m, "umServices",
		func(o *Objects) []UMHolder { return o.UMServices },
		func(h UMHolder) string { return h.Server })
	to.CallRouters = whole(m, "callRouters",
		func(o *Objects) []UMHolder { return o.CallRouters },
		func(h UMHolder) string { return h.Server })
	to.Overrides = whole(m, "overrides",
		func(o *Objects) []Override { return o.Overrides },
		func(v Override) string { return v.Name })
	to.Sites = whole(m, "sites",
		func(o *Objects) []Site { return o.Sites },
		func(s Site) string { return strings.ToLower(s.Identity) })
	to.Pools = whole(m, "pools", func(o *Objects) []Pool { return o.Pools }, func(p Pool) string { return p.Pool })
	to.TrustedPools = whole(m, "trustedPools",
		func(o *Objects) []TrustedPool { return o.TrustedPools },
		func(p TrustedPool) string { return p.Pool })
	to.Applications = whole(m, "applications",
		func(o *Objects) []Application { return o.Applications },
		func(a Application) string { return a.Pool + "/" + strings.ToLower(a.ApplicationID) })
	to.Replicas = newest(m, func(o *Objects) []Replica { return o.Replicas })

	to.Certificates = perServer(m,
		func(o *Objects) []Certificate { return o.Certificates },
		func(c Certificate) string { return c.Server })
	to.UCMA = perServer(m, func(o *Objects) []UCMA { return o.UCMA }, func(u UCMA) string { return u.Server })
	to.WebConfig = perServer(m, func(o *Objects) []WebConfig { return o.WebConfig }, func(w WebConfig) string { return w.Server })
	to.EffectiveOverrides = perServer(m,
		func(o *Objects) []EffectiveOverride { return o.EffectiveOverrides },
		func(v EffectiveOverride) string { return v.Server })
	to.WindowsServices = perServer(m,
		func(o *Objects) []WindowsService { return o.WindowsServices },
		func(s WindowsService) string { return s.Server })
	to.ApplicationPools = perServer(m,
		func(o *Objects) []ApplicationPool { return o.ApplicationPools },
		func(p ApplicationPool) string { return p.Server })
	to.LogFolders = perServer(m, func(o *Objects) []LogFolder { return o.LogFolders }, func(l LogFolder) string { return l.Server })
	to.Events = perServer(m, func(o *Objects) []Event { return o.Events }, func(e Event) string { return e.Server })
	to.Discovery = perServer(m, func(o *Objects) []Discovery { return o.Discovery }, func(d Discovery) string { return d.Server })
	f.index()
	m.findings.Sort()
	return f, m.findings
}

type merger struct {
	newestFirst []*File
	findings    finding.List
}

// newest is a section of the organisation, from the newest file that read it; nil if none did.
func newest[T any](m *merger, section func(*Objects) []T) []T {
	for _, f := range m.newestFirst {
		if rows := section(&f.Objects); rows != nil && f.Scope == "organisation" {
			return rows
		}
	}
	return nil
}

// whole is newest for rows that have a key. Older files are compared with it.
func whole[T any](m *merger, name string, section func(*Objects) []T, key func(T) string) []T {
	rows := slices.Clone(newest(m, section))
	slices.SortStableFunc(rows, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	if len(m.newestFirst) == 1 || rows == nil {
		return rows
	}
	byKey := make(map[string]T, len(rows))
	for _, r := range rows {
		byKey[key(r)] = r
	}
	var from *File
	for _, f := range m.newestFirst {
		switch {
		case section(&f.Objects) == nil:
		case from == nil && f.Scope == "organisation":
			from = f
		case from != nil:
			m.compare(from, f, name, func() (string, bool) {
				for _, r := range section(&f.Objects) {
					if other, both := byKey[key(r)]; both && !reflect.DeepEqual(other, r) {
						return key(r), true
					}
				}
				return "", false
			})
		}
	}
	return rows
}

// compare reports the first object about which two files differ.
func (m *merger) compare(from, older *File, section string, differs func() (string, bool)) {
	key, found := differs()
	if !found {
		return
	}
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
func perServer[T any](m *merger, section func(*Objects) []T, server func(T) string) []T {
	var rows []T
	from := map[string]*File{}
	for _, f := range m.newestFirst {
		if section(&f.Objects) != nil {
			if rows == nil {
				rows = []T{}
			}
			if from[f.Host] == nil {
				from[f.Host] = f // also where it found nothing
			}
		}
		for _, r := range section(&f.Objects) {
			if owner := from[server(r)]; owner == nil {
				from[server(r)] = f
			} else if owner != f {
				continue
			}
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b T) int { return cmp.Compare(server(a), server(b)) })
	return rows
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
