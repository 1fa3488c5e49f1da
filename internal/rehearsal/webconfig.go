package rehearsal

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// webConfig is OWA's web.config in the shape that Exchange 2013 ships it: comments, mixed quotes and spacing,
// entities, no instant messaging keys.
const webConfig = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" +
	"<configuration>\r\n" +
	"  <!-- OWA settings: \"do not edit\" & such -->\r\n" +
	"  <configSections>\r\n" +
	"    <section name=\"owaSettings\" type='Microsoft.Exchange.Clients.Owa, Version=15.0.0.0' />\r\n" +
	"  </configSections>\r\n" +
	"  <appSettings>\r\n" +
	"    <!-- <add key=\"IMServerName\" value=\"commented-out\" /> -->\r\n" +
	"    <add key=\"TrustedCertificateFriendlyName\"   value=\"A &amp; B &quot;C&quot;\" />\r\n" +
	"    <add key='AllowInternetUsers' value='true'/>\r\n" +
	"    <add key=\"LogPath\"\r\n" +
	"         value=\"%ExchangeInstallDir%Logging\\OWA\" />\r\n" +
	"  </appSettings>\r\n" +
	"  <system.web>\r\n" +
	"    <compilation defaultLanguage=\"c#\"   debug=\"false\"/>\r\n" +
	"  </system.web>\r\n" +
	"</configuration>\r\n"

// appSetting is one <add key= value=> of appSettings.
type appSetting struct{ key, value string }

// appSettings reads the settings out of web.config's bytes; what cannot be read has none.
func appSettings(data string) []appSetting {
	decoder := xml.NewDecoder(strings.NewReader(data))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	decoder.Strict = false
	var config struct {
		Add []struct {
			Key   string `xml:"key,attr"`
			Value string `xml:"value,attr"`
		} `xml:"appSettings>add"`
	}
	if decoder.Decode(&config) != nil {
		return nil
	}
	var settings []appSetting
	for _, add := range config.Add {
		settings = append(settings, appSetting{add.Key, add.Value})
	}
	return settings
}

// fileMutations tells what an edit of a host's web.config did: which settings it added, changed or took away.
func fileMutations(host, before, after string) []Mutation {
	was, is := appSettings(before), appSettings(after)
	var found []Mutation
	report := func(command string, s appSetting, value string) {
		found = append(found, Mutation{
			Kind: plan.File, Host: host, Command: command, Object: s.key,
			Parameters: map[string]string{"value": value},
		})
	}
	for _, s := range is {
		if !slices.Contains(was, s) {
			report("add", s, s.value)
		}
	}
	for _, s := range was {
		if !slices.ContainsFunc(is, func(now appSetting) bool { return now.key == s.key }) {
			report("remove", s, s.value)
		}
	}
	if len(found) == 0 {
		found = append(found, Mutation{Kind: plan.File, Host: host, Command: "edit", Object: "web.config", Parameters: map[string]string{}})
	}
	return found
}

// plannedFileMutation is what a file command of the plan, a whole <add key=... value=.../> element to write or to remove,
// does to that web.config: nothing where it is so already.
func plannedFileMutation(command plan.Command, data string) []Mutation {
	settings := appSettings("<configuration><appSettings>" + command.Text + "</appSettings></configuration>")
	if strings.HasPrefix(command.Text, plan.RemovedKey) {
		present := slices.DeleteFunc(appSettings(data), func(s appSetting) bool { return s.key != settings[0].key })
		if len(present) == 0 {
			return nil
		}
		return []Mutation{{
			Kind: plan.File, Host: command.On, Command: "remove", Object: present[0].key,
			Parameters: map[string]string{"value": present[0].value},
		}}
	}
	m := Mutation{Kind: plan.File, Host: command.On, Command: "add", Object: command.Text, Parameters: map[string]string{}}
	if len(settings) == 1 {
		if slices.Contains(appSettings(data), settings[0]) {
			return nil
		}
		m.Object, m.Parameters["value"] = settings[0].key, settings[0].value
	}
	return []Mutation{m}
}
