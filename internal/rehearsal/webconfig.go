package rehearsal

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf16"

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
	decoder := xml.NewDecoder(strings.NewReader(toUTF8(data)))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	decoder.Strict = false
	var settings []appSetting
	var path []string
	for {
		token, err := decoder.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil
			}
			return settings
		}
		switch t := token.(type) {
		case xml.StartElement:
			if strings.Join(path, "/") == "configuration/appSettings" && t.Name.Local == "add" {
				settings = append(settings, readSetting(t))
			}
			path = append(path, t.Name.Local)
		case xml.EndElement:
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
		}
	}
}

func readSetting(element xml.StartElement) appSetting {
	var s appSetting
	for _, attribute := range element.Attr {
		switch attribute.Name.Local {
		case "key":
			s.key = attribute.Value
		case "value":
			s.value = attribute.Value
		}
	}
	return s
}

// toUTF8 turns UTF-16 with a byte order mark into UTF-8 and leaves everything else alone.
func toUTF8(data string) string {
	var low, high int
	switch {
	case strings.HasPrefix(data, "\xFF\xFE"):
		low, high = 0, 1
	case strings.HasPrefix(data, "\xFE\xFF"):
		low, high = 1, 0
	default:
		return strings.TrimPrefix(data, "\xEF\xBB\xBF")
	}
	var units []uint16
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+high])<<8|uint16(data[i+low]))
	}
	return string(utf16.Decode(units))
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
		if !contains(was, s) {
			report("add", s, s.value)
		}
	}
	for _, s := range was {
		if !hasKey(is, s.key) {
			report("remove", s, s.value)
		}
	}
	if len(found) == 0 {
		found = append(found, Mutation{Kind: plan.File, Host: host, Command: "edit", Object: "web.config", Parameters: map[string]string{}})
	}
	return found
}

func contains(settings []appSetting, wanted appSetting) bool {
	for _, s := range settings {
		if s == wanted {
			return true
		}
	}
	return false
}

func hasKey(settings []appSetting, key string) bool {
	for _, s := range settings {
		if s.key == key {
			return true
		}
	}
	return false
}

// plannedFileMutation is what a file command of the plan, a whole <add key=... value=.../> element, does to that
// web.config: nothing where the setting stands there already.
func plannedFileMutation(command plan.Command, data string) []Mutation {
	settings := appSettings("<configuration><appSettings>" + command.Text + "</appSettings></configuration>")
	m := Mutation{Kind: plan.File, Host: command.On, Command: "add", Object: command.Text, Parameters: map[string]string{}}
	if len(settings) == 1 {
		if contains(appSettings(data), settings[0]) {
			return nil
		}
		m.Object, m.Parameters["value"] = settings[0].key, settings[0].value
	}
	return []Mutation{m}
}
