package bundle

import (
	"strings"
	"testing"
)

func TestSumsAreSortedAndReadBack(t *testing.T) {
	text := formatSums(map[string]string{"scripts/b.ps1": sum([]byte("b")), "plan.json": sum([]byte("{}")), "a b.txt": sum(nil)})
	want := `e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a b.txt
44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  plan.json
3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  scripts/b.ps1
`
	if string(text) != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
	sums, err := parseSums([]byte(strings.ReplaceAll(want, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if len(sums) != 3 || sums["plan.json"] != "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" {
		t.Errorf("read back %v", sums)
	}
}

func TestParseSumsRefusesWhatIsNoSum(t *testing.T) {
	for _, text := range []string{"", "\n", "no sum", "e3b0  short.txt", strings.Repeat("g", 64) + "  x", strings.Repeat("a", 64) + "  "} {
		if sums, err := parseSums([]byte(text)); err == nil {
			t.Errorf("parseSums(%q) = %v, want an error", text, sums)
		}
	}
}
