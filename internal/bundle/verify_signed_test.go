package bundle_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A company that runs signed scripts only signs the scripts of an approved bundle. This must not break the approval.
func TestVerifyPassesSignedScripts(t *testing.T) {
	s := newSigner(t)
	d := litwareOnDisk(t)
	signed := 0
	for _, file := range litwareFiles(t) {
		if ext := filepath.Ext(file.Path); ext == ".ps1" || ext == ".psm1" {
			s.sign(t, d.path(file.Path))
			if out, err := s.verify(d.path(file.Path)); err != nil {
				t.Errorf("%s is not signed: %v\n%s", file.Path, err, out)
			}
			signed++
		}
	}
	if signed < 10 {
		t.Errorf("only %d scripts", signed)
	}
	if v := verify(t, d.dir, d.digest(sumsFile)); !v.Whole() {
		t.Errorf("verify does not pass the signed bundle: %v", v.Differences)
	}

	d.edit(otherScript, "#Requires", "#requires")
	if out, err := s.verify(d.path(otherScript)); err == nil {
		t.Errorf("the signature of a changed script is valid\n%s", out)
	}
	v := verify(t, d.dir, d.digest(sumsFile))
	if len(v.Differences) != 1 || v.Differences[0].Path != otherScript {
		t.Errorf("verify does not name the changed script alone: %v", v.Differences)
	}
}

// signer signs with a throw-away certificate.
type signer struct{ certificate, key string }

func newSigner(t *testing.T) signer {
	t.Helper()
	for _, tool := range []string{"openssl", "osslsigncode"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s on PATH: no script is signed", tool)
		}
	}
	var major, minor int
	version, _ := exec.Command("osslsigncode", "--version").CombinedOutput()
	if _, err := fmt.Sscanf(string(version), "osslsigncode %d.%d", &major, &minor); err != nil || major == 2 && minor < 8 {
		t.Skipf("osslsigncode signs scripts from 2.8 on, and this is %d.%d", major, minor)
	}
	s := signer{filepath.Join(t.TempDir(), "certificate.pem"), filepath.Join(t.TempDir(), "key.pem")}
	request := strings.Fields("req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=throw-away -addext extendedKeyUsage=codeSigning -keyout")
	out, err := exec.Command("openssl", append(request, s.key, "-out", s.certificate)...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	return s
}

func (s signer) sign(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("osslsigncode", "sign", "-h", "sha256", "-certs", s.certificate, "-key", s.key, "-in", path, "-out", path+".signed").CombinedOutput()
	if err != nil {
		t.Fatalf("sign %s: %v\n%s", path, err, out)
	}
	if err := os.Rename(path+".signed", path); err != nil {
		t.Fatal(err)
	}
}

func (s signer) verify(path string) ([]byte, error) {
	return exec.Command("osslsigncode", "verify", "-CAfile", s.certificate, path).CombinedOutput()
}
