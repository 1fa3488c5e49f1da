package rehearsal

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// The editing of web.config is PowerShell, so Go's fuzzer cannot see into it; what it can do is to make files.
var (
	variants     = flag.Int("webconfig-variants", 100, "how many damaged web.config files to edit, where an engine is found")
	variantsSeed = flag.Uint64("webconfig-seed", 1, "which damaged web.config files")
)

// damages are what a variant gets inserted: beginnings and ends of everything that XML can hold, and bytes that
// no text should.
var damages = []string{
	"<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>", "<!DOCTYPE x>", "<appSettings>", "</appSettings>", "<appSettings/>", "</configuration>",
	`<add key="IMServerName" value="x"/>`, `<add key='imcertificatethumbprint' value='>' />`, `<add key="IMServerName"`, `value="`, "'", `"`, "&", "&#0;",
	"&lt;", "\r\n", "\r", "\t", "  ", "\x00", "\xff", "\xef\xbb\xbf", "\u0130", "\u2028", "<remove key=\"IMServerName\"/>", "<clear/>", "xmlns=\"y\"", "x:",
}

// damage makes a variant of a file with up to three faults.
func damage(data []byte, random *rand.Rand) []byte {
	data = bytes.Clone(data)
	for range 1 + random.IntN(3) {
		from := random.IntN(len(data) + 1)
		to := min(len(data), from+random.IntN(24))
		switch random.IntN(3) {
		case 0:
			data = slices.Delete(data, from, to)
		case 1:
			data = slices.Insert(data, from, bytes.Clone(data[from:to])...)
		default:
			data = slices.Insert(data, from, []byte(damages[random.IntN(len(damages))])...)
		}
	}
	return data
}

// However a web.config is damaged, it is refused and left alone, or edited in the two keys only; and then the
// values that were captured bring back every byte.
func TestWebConfigVariants(t *testing.T) {
	if !engineFound(t) {
		t.Skipf("%d damaged web.config files were not edited", *variants)
	}
	random := rand.New(rand.NewPCG(*variantsSeed, 0))
	folder, originals, samples := t.TempDir(), map[string][]byte{}, sampleNames(t)
	for i := range *variants {
		name := fmt.Sprintf("variant-%06d", i)
		originals[name] = damage(readSample(t, samples[random.IntN(len(samples))]+".config"), random)
		if err := os.WriteFile(filepath.Join(folder, name+".config"), originals[name], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	seen, refused := 0, 0
	for _, r := range runWebConfigFolder(t, folder) {
		original, known := originals[r.Name]
		if !known {
			continue // the troubles and the large file, which have tests of their own
		}
		seen++
		if r.Refused != "" {
			refused++
		}
		if err := checkVariant(original, r); err != nil {
			t.Errorf("%s (seed %d, culture %q): %v\nfile %q\nedited %q", r.Name, *variantsSeed, r.Culture, err, original, r.Edited)
		}
	}
	if seen != 2**variants {
		t.Errorf("%d results, want two for each of %d files", seen, *variants)
	}
	t.Logf("%d of %d were refused", refused, seen)
}

func checkVariant(original []byte, r webConfigResult) error {
	switch {
	case r.Refused != "" && !r.Untouched:
		return errors.New("the refused file was touched")
	case r.Refused != "":
		return nil
	case !bytes.Equal(r.Again, r.Edited):
		return errors.New("a second edit changed it again")
	case !bytes.Equal(r.Restored, original):
		return fmt.Errorf("the captured values brought back %q", r.Restored)
	case wellFormed(original) && !wellFormed(r.Edited):
		return errors.New("it is not well-formed any more")
	case !slices.Equal(otherSettings(original), otherSettings(r.Edited)):
		return errors.New("other settings have changed")
	}
	return nil
}

// otherSettings are all settings but the two that lyncowa sets.
func otherSettings(data []byte) []appSetting {
	return slices.DeleteFunc(appSettings(toUTF8(string(data))), func(s appSetting) bool {
		return strings.EqualFold(s.key, "IMServerName") || strings.EqualFold(s.key, "IMCertificateThumbprint")
	})
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

func wellFormed(data []byte) bool {
	decoder := xml.NewDecoder(strings.NewReader(toUTF8(string(data))))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		if _, err := decoder.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// FuzzAppSettings: whatever the bytes, the rehearsal's own reading of web.config ends, and an edit is told as one
// or more mutations.
func FuzzAppSettings(f *testing.F) {
	f.Add(webConfig, webConfig)
	for _, d := range damages {
		f.Add("<configuration><appSettings>"+d+"</appSettings></configuration>", webConfig)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(fileMutations("host", before, after)) == 0 {
			t.Error("an edit is no mutation")
		}
	})
}
