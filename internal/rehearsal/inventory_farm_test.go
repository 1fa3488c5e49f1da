package rehearsal

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

// dublin is a part of the farm of the committed example.
const dublin = `apiVersion: lyncowa/v1
name: dublin
owaPools:
  - fqdn: owa-dub.contoso.com
    registrar: lync-dub.contoso.com
    siteId: 1
    port: 5199
    umColocated: false
    certificateThumbprint: 3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2
    mailboxServers:
      - dub-mbx-01.contoso.com
      - fqdn: dub-mbx-02.contoso.com
        certificateThumbprint: 8B61E07F45D2C93AA1F05B7C6E12D489B3C70F19
    clientAccessServers: [dub-cas-01.contoso.com]
`

// exampleInventories are the files of the committed example.
func exampleInventories(t *testing.T) inventories {
	t.Helper()
	files, err := readTree("../../examples/contoso-inventory/inventory")
	if err != nil {
		t.Fatal(err)
	}
	return inventories(files)
}

// read is the farm that a bundle with these inventories is rehearsed on, and what of it is the topology's.
func (i inventories) read(t *testing.T) (world, *reading) {
	t.Helper()
	b, err := readBundle(i.write(t, dublin, plan.Integrate))
	if err != nil {
		t.Fatal(err)
	}
	r := newReading(&stage{bundle: b})
	w := r.world()
	r.readEvents(w)
	return w, r
}

func TestFarmIsAsItWasRead(t *testing.T) {
	w, r := exampleInventories(t).read(t)
	if len(r.rest) > 0 {
		t.Errorf("not from the inventories: %v", r.rest)
	}
	f := w.farm
	for _, s := range f.Exchange.Servers {
		if !strings.HasSuffix(strings.ToLower(s.FQDN), ".contoso.com") {
			t.Errorf("there is %s, which no inventory has", s.FQDN)
		}
	}
	for _, s := range f.Lync.Sites {
		if s.SiteID == "1" && (s.Identity != "Site:Dublin1" || s.DisplayName != "Dublin, Ireland") {
			t.Errorf("site %+v", s)
		}
	}
	if host := f.lyncHost("lync-dub.contoso.com"); host != "dub-fe-01.contoso.com" {
		t.Errorf("the Lync scripts run on %s", host)
	}
	known := map[string]bool{}
	for _, p := range f.Lync.Trusted {
		known[p.FQDN] = true
	}
	if !known["owa-cork.contoso.com"] || known["owa-dub.contoso.com"] || known["portal.farm.example"] {
		t.Errorf("trusted pools %v", known)
	}
	done, open := f.host("dub-mbx-01.contoso.com"), f.host("dub-mbx-02.contoso.com")
	if settings := appSettings(w.files[webConfigPath(done.FQDN)]); !slices.Contains(settings, appSetting{"IMServerName", "lync-dub.contoso.com"}) {
		t.Errorf("web.config of %s has %v", done.FQDN, settings)
	}
	if w.files[webConfigPath(open.FQDN)] != webConfig || open.AppPool.ServerName != "" {
		t.Errorf("web.config of %s has keys", open.FQDN)
	}
	if c := f.server("cork-mbx-01.contoso.com").certificate(strings.Repeat("53", 20)); c == nil || !c.SelfSigned || c.NotAfter < 3*365*day {
		t.Errorf("the self-signed certificate is %+v", c)
	}
}

// TestRestIsOfTheTopology: what was not read is as the topology has it, and is named.
func TestRestIsOfTheTopology(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(section func(file string) map[string]any, files inventories)
		want []string
	}{
		"no Lync inventory": {
			func(_ func(string) map[string]any, files inventories) {
				maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, "lync-") })
			},
			[]string{"applications", "discovery", "pools", "replicas", "sites", "trustedPools"},
		},
		"one server only": {
			func(_ func(string) map[string]any, files inventories) {
				maps.DeleteFunc(files, func(name, _ string) bool { return strings.Contains(name, "dub-mbx-02") })
			},
			[]string{
				"applicationPools of dub-mbx-02.contoso.com", "events of dub-mbx-02.contoso.com", "logFolders of dub-mbx-02.contoso.com",
				"ucma of dub-mbx-02.contoso.com", "webConfig of dub-mbx-02.contoso.com", "windowsServices of dub-mbx-02.contoso.com",
			},
		},
		"missing rights": {
			func(section func(string) map[string]any, _ inventories) {
				for _, name := range []string{"servers", "mailboxPolicies", "virtualDirectories", "dialPlans", "umServices"} {
					delete(section("exchange-dub-mbx-01.contoso.com.json"), name)
				}
				for _, name := range []string{"trustedPools", "replicas"} {
					delete(section("lync-dub-fe-01.contoso.com.json"), name)
				}
			},
			[]string{
				"applications", "dialPlans", "mailboxPolicies", "replicas", "servers", "trustedPools",
				"umServices of dub-mbx-01.contoso.com", "umServices of dub-mbx-02.contoso.com", "virtualDirectories",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := exampleInventories(t)
			decoded := map[string]map[string]any{}
			c.edit(func(file string) map[string]any {
				if decoded[file] == nil {
					whole := map[string]any{}
					if err := json.Unmarshal([]byte(files[file]), &whole); err != nil {
						t.Fatal(err)
					}
					decoded[file] = whole
				}
				return decoded[file]["objects"].(map[string]any)
			}, files)
			for file, whole := range decoded {
				files[file] = string(encode(whole))
			}
			w, r := files.read(t)
			slices.Sort(r.rest)
			if got := slices.Compact(r.rest); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			for _, i := range r.bundle.runSheet(w.farm) {
				if h := w.farm.host(i.host); h == nil || w.files[path.Join(bundleFolder(h.FQDN, r.bundle), i.script)] == "" {
					t.Errorf("%s has no host with the bundle", i)
				}
			}
			for _, p := range w.farm.Lync.Trusted {
				if !slices.ContainsFunc(w.farm.Lync.Sites, func(s Site) bool { return s.Identity == p.Site }) {
					t.Errorf("the trusted pool %s is in the site %q, which does not exist", p.FQDN, p.Site)
				}
			}
		})
	}
}

// TestInventoriesAreThoseOfThePlan: an inventory that was changed in the bundle is not rehearsed on.
func TestInventoriesAreThoseOfThePlan(t *testing.T) {
	dir := writePlan(t, exampleInventories(t).marked(t, dublin, plan.Integrate), func(files map[string]string) error {
		files["inventory/lync-dub-fe-01.contoso.com.json"] += " "
		return nil
	})
	if _, err := readBundle(dir); err == nil || !strings.Contains(err.Error(), "lync-dub-fe-01") {
		t.Errorf("got %v", err)
	}
}

func TestDueText(t *testing.T) {
	const pool = "New-CsTrustedApplicationPool -Identity 'a.example' -Registrar 'r.example' -Site '1' -RequiresReplication $false -ComputerFqdn 'c.example' -Force"
	const override = "New-SettingOverride -Name 'It''s' -Component OwaServer -Section IMSettings -Parameters @('a=b') -Server @('S') -Reason 'x'"
	f := &Farm{}
	for _, text := range []string{pool, override} {
		if got := f.dueText(plan.Command{Text: text}); got != text {
			t.Errorf("on an empty farm: %s", got)
		}
	}
	f.Lync.Trusted = []TrustedPool{{FQDN: "a.example"}}
	f.Exchange.Directory.Overrides = []SettingOverride{{Name: "It's"}}
	for text, want := range map[string]string{
		pool:     "New-CsTrustedApplicationComputer -Identity 'c.example' -Pool 'a.example' -Force",
		override: "Set-SettingOverride -Identity 'It''s' -Parameters @('a=b') -Server @('S') -Reason 'x'",
	} {
		if got := f.dueText(plan.Command{Text: text}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
