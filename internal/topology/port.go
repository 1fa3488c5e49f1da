package topology

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// port is a TCP port, written as a plain decimal number.
var port = kind[int]{
	read:   (*loader).port,
	schema: schema{Type: "integer", Minimum: 1, Maximum: 65535},
}

const portHint = "choose any free port of 1024-65535, for example 5199"

func (l *loader) port(e entry) (int, bool) {
	if !l.isKind(e, yaml.ScalarNode) {
		return 0, false
	}
	s := e.value.Value
	if hint := portFormHint(e.value); hint != "" {
		l.report("port-form", e.place(), hint, "%s %s is not written as a plain decimal number", e.name, quote(s))
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 {
		l.report("port-range", e.place(), portHint, "%s %s is outside 1-65535", e.name, shorten(s))
		return 0, false
	}
	if user, known := knownPorts[n]; known {
		l.report("port-known", e.place(), portHint, "%s %d is known to be used by %s", e.name, n, user)
	} else if n < 1024 {
		l.report("port-low", e.place(), portHint, "%s %d is below 1024, the range of well-known services", e.name, n)
	}
	return n, true
}

// portFormHint is the hint for a port that is not a plain decimal number, or "" if it is one. YAML reads 012 as ten and
// 0x144F as 5199, but the reader of a change record does not.
func portFormHint(n *yaml.Node) string {
	s := n.Value
	bare := strings.TrimLeft(s, "-")
	switch {
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && isDecimal(s):
		return "remove the quotes: port: " + s
	case isDecimal(bare) && (len(bare) == 1 || bare[0] != '0') && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0:
		return ""
	case isDecimal(s) && strings.Trim(s, "0") != "":
		bare = strings.TrimLeft(s, "0")
		if octal, ok := readAs(s); ok {
			return fmt.Sprintf("a leading zero makes it octal; write %s, or %s if octal was meant", bare, octal)
		}
		return "a leading zero is not allowed; write " + bare
	case n.Tag == "!!int":
		if decimal, ok := readAs(s); ok {
			return "write " + decimal + " if that is what you mean"
		}
	}
	return portHint
}

func isDecimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// readAs is the value that YAML reads, in decimal.
func readAs(s string) (string, bool) {
	n, err := strconv.ParseInt(s, 0, 32)
	return strconv.FormatInt(n, 10), err == nil
}

// knownPorts are ports that Lync and Exchange use on the computers of this integration, from their published port
// tables. They cause only a warning, so the list need not be complete.
var knownPorts = map[int]string{
	25:    "Exchange SMTP",
	80:    "IIS (HTTP)",
	110:   "Exchange POP3",
	135:   "the RPC endpoint mapper",
	143:   "Exchange IMAP4",
	443:   "IIS (HTTPS)",
	444:   "the Exchange back-end web site and the Lync focus",
	445:   "Windows file shares",
	448:   "Lync call admission control",
	465:   "Exchange SMTP",
	587:   "Exchange SMTP for clients",
	717:   "Exchange SMTP",
	808:   "Exchange mailbox moves",
	993:   "Exchange IMAP4 over TLS",
	995:   "Exchange POP3 over TLS",
	1433:  "SQL Server",
	2525:  "Exchange SMTP",
	4443:  "Lync external web services",
	5060:  "SIP, which Lync and Exchange UM use",
	5061:  "SIP over TLS, which every Lync Front End and Exchange UM Call Router listens on",
	5062:  "Exchange UM and Lync",
	5063:  "Exchange UM and Lync A/V conferencing",
	5064:  "the Lync conferencing attendant",
	5065:  "Exchange UM and Lync application sharing",
	5066:  "Exchange UM and Lync emergency calls",
	5067:  "Exchange UM and the Lync Mediation Server",
	5068:  "Exchange UM and the Lync Mediation Server",
	5069:  "the Lync quality-of-experience agent",
	5070:  "the Lync Mediation Server",
	5071:  "the Lync Response Group",
	5072:  "the Lync conferencing attendant",
	5073:  "the Lync announcement service",
	5075:  "Lync call park",
	5076:  "the Lync audio test service",
	5080:  "the Lync bandwidth policy service",
	5081:  "the Lync Mediation Server",
	5082:  "the Lync Mediation Server",
	5086:  "Lync mobility",
	5087:  "Lync mobility",
	8057:  "Lync web conferencing",
	8058:  "the Lync web conferencing service",
	8060:  "Lync web services",
	8061:  "Lync web services",
	8080:  "Lync web services",
	8404:  "the Lync Response Group",
	50001: "Lync centralised logging",
	50002: "Lync centralised logging",
	50003: "Lync centralised logging",
	50636: "Exchange edge synchronisation",
	64327: "Exchange mailbox replication",
}
