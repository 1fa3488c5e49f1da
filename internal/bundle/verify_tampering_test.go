package bundle_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

// The scripts that the tamperings are about. The guard's test runs the first one.
const (
	ranScript   = "scripts/40-lync-trusted-application.ps1"
	otherScript = "scripts/70-exchange-im-settings.ps1"
	module      = "scripts/common.psm1"
	backOut     = "back-out/40-lync-trusted-application.ps1"
	sumsFile    = "SHA256SUMS"
)

// signature is an Authenticode block as Set-AuthenticodeSignature appends it.
const signature = "\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQExCzAJBgUrDgMCGgUAMGkGCisGAQQB\r\n# gjcCAQSgWzBZMDQGCisGAQQBgjcCAR4wJgIDAQAABBAfzDtgWUsITrck0sYpfvNR/+==\r\n# SIG # End signature block\r\n"

// onDisk is a bundle in a folder of its own that a test may tamper with.
type onDisk struct {
	testing.TB
	dir string
}

func (d onDisk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

func (d onDisk) read(name string) string {
	d.Helper()
	data, err := os.ReadFile(d.path(name))
	d.must(err)
	return string(data)
}

func (d onDisk) write(name, text string) {
	d.Helper()
	d.must(errors.Join(os.MkdirAll(filepath.Dir(d.path(name)), 0o755), os.WriteFile(d.path(name), []byte(text), 0o644)))
}

func (d onDisk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// edit replaces the first old by new. It fails without old.
func (d onDisk) edit(name, old, new string) {
	d.Helper()
	text := d.read(name)
	if !strings.Contains(text, old) {
		d.Fatalf("%s does not hold %q", name, old)
	}
	d.write(name, strings.Replace(text, old, new, 1))
}

func (d onDisk) append(name, text string)  { d.write(name, d.read(name)+text) }
func (d onDisk) remove(name string)        { d.must(os.RemoveAll(d.path(name))) }
func (d onDisk) rename(name, other string) { d.must(os.Rename(d.path(name), d.path(other))) }

// forgeSum makes SHA256SUMS fit a file.
func (d onDisk) forgeSum(name string) {
	var lines []string
	for line := range strings.Lines(d.read(sumsFile)) {
		if strings.HasSuffix(line, "  "+name+"\n") {
			line = d.digest(name) + "  " + name + "\n"
		}
		lines = append(lines, line)
	}
	d.write(sumsFile, strings.Join(lines, ""))
}

// digest is the SHA-256 of a file, lower-case hex.
func (d onDisk) digest(name string) string {
	s := sha256.Sum256([]byte(d.read(name)))
	return hex.EncodeToString(s[:])
}

// What the guard of the scripts says of a tampering, when ranScript is started with the approved digest.
const (
	passes       = "" // as designed: the guard does not look there, or there is nothing to find
	wrongDigest  = "is not the digest of this bundle"
	wrongModule  = "common.psm1 is not the file that SHA256SUMS lists"
	wrongFile    = "this bundle is not the one that was approved ("
	writtenOn    = "written on: copy the approved bundle again; keep filled-in copies in the ticket or in evidence"
	cannotRead   = "ould not find" // the engine's own words
	refusesFirst = "REFUSED"
)

// tampering is one thing that can happen to a bundle between approval and run.
type tampering struct {
	name  string
	do    func(onDisk)
	want  []string // what Verify says: "path:line: kind: detail", line and detail left out where there are none
	guard string   // part of the refusal
}

// tamperings are those of a bundle of the litware example.
var tamperings = []tampering{
	{"nothing", func(onDisk) {}, nil, passes},
	{"a script edited", func(d onDisk) { d.edit(ranScript, "5199", "5198") }, []string{ranScript + ":67: edited"}, wrongFile + "edited: " + ranScript},
	{"another script edited", func(d onDisk) { d.edit(otherScript, "EA5A", "EA5B") }, []string{otherScript + ":*: edited"}, wrongFile + "edited: " + otherScript},
	{"the module edited", func(d onDisk) { d.edit(module, "exit code", "exit  code") }, []string{module + ":*: edited"}, wrongModule},
	{"a back-out edited", func(d onDisk) { d.edit(backOut, "Remove-", "Repair-") }, []string{backOut + ":*: edited"}, wrongFile + "edited: " + backOut},
	{"the plan edited", func(d onDisk) { d.edit("plan.json", "5199", "5198") }, []string{"plan.json:*: edited"}, wrongFile + "edited: plan.json"},
	{"the plan's version edited", func(d onDisk) { d.edit("plan.json", `"version": "`+plan.ToolVersion+`"`, `"version": "0.0.0"`) }, []string{"plan.json:5: edited"}, wrongFile + "edited: plan.json"},
	{"the topology edited", func(d onDisk) { d.edit("topology.yaml", "5199", "5200") }, []string{"topology.yaml: edited"}, wrongFile + "edited: topology.yaml"},
	{"the topology spoilt", func(d onDisk) { d.edit("topology.yaml", "port:", "prt:") }, []string{"topology.yaml: edited"}, wrongFile + "edited: topology.yaml"},
	{"a script added", func(d onDisk) { d.write("scripts/99-evil.ps1", "'evil'") }, []string{"scripts/99-evil.ps1: added"}, wrongFile + "additional: scripts/99-evil.ps1"},
	{"a file added deep in a folder", func(d onDisk) { d.write("back-out/a/b.txt", "x") }, []string{"back-out/a/b.txt: added"}, wrongFile + "additional: back-out/a/b.txt"},
	{"a hidden file added", func(d onDisk) { d.write("scripts/.evil.ps1", "'evil'") }, []string{"scripts/.evil.ps1: added"}, wrongFile + "additional: scripts/.evil.ps1"},
	{"a file added at the top", func(d onDisk) { d.write("notes.txt", "x") }, []string{"notes.txt: added"}, passes},
	{"a file added elsewhere", func(d onDisk) { d.write("tools/x.exe", "x") }, []string{"tools/x.exe: added"}, passes},
	{"an empty folder added", func(d onDisk) { d.must(os.Mkdir(d.path("tools"), 0o755)) }, []string{"tools: added: it is a folder"}, passes},
	{"a script removed", func(d onDisk) { d.remove(otherScript) }, []string{otherScript + ": missing"}, wrongFile + "missing: " + otherScript},
	{"the plan removed", func(d onDisk) { d.remove("plan.json") }, []string{"plan.json: missing"}, wrongFile + "missing: plan.json"},
	{"the topology removed", func(d onDisk) { d.remove("topology.yaml") }, []string{"topology.yaml: missing"}, wrongFile + "missing: topology.yaml"},
	{"the module removed", func(d onDisk) { d.remove(module) }, []string{module + ": missing"}, cannotRead},
	{"the sums removed", func(d onDisk) { d.remove(sumsFile) }, []string{sumsFile + ": missing"}, cannotRead},
	{"the approval removed", func(d onDisk) { d.remove("approval.md") }, []string{"approval.md: missing"}, wrongFile + "missing: approval.md"},
	{"a back-out folder removed", func(d onDisk) { d.remove("back-out") }, []string{
		"back-out/40-lync-trusted-application.ps1: missing", "back-out/60-exchange-owa-virtual-directories.ps1: missing",
		"back-out/70-exchange-im-settings.ps1: missing", "back-out/80-exchange-mailbox-policies.ps1: missing",
	}, wrongFile + "missing: back-out/40-lync-trusted-application.ps1"},
	{"a script renamed", func(d onDisk) { d.rename(otherScript, "scripts/70-old.ps1") }, []string{otherScript + ": renamed to scripts/70-old.ps1"}, wrongFile + "missing: " + otherScript},
	{"the topology renamed", func(d onDisk) { d.rename("topology.yaml", "litware.yaml") }, []string{"topology.yaml: renamed to litware.yaml"}, wrongFile + "missing: topology.yaml"},
	{"a signed script renamed", func(d onDisk) {
		d.append(otherScript, signature)
		d.rename(otherScript, "scripts/70-old.ps1")
	}, []string{otherScript + ": renamed to scripts/70-old.ps1"}, wrongFile + "missing: " + otherScript},
	{"two scripts exchanged", func(d onDisk) {
		d.rename(otherScript, "scripts/x")
		d.rename(backOut, otherScript)
		d.rename("scripts/x", backOut)
	}, []string{backOut + ": edited: it has the content of " + otherScript, otherScript + ": edited: it has the content of " + backOut}, wrongFile + "edited: " + backOut},
	{"a script truncated", func(d onDisk) { d.write(otherScript, d.read(otherScript)[:500]) }, []string{otherScript + ":*: truncated: 500 of * bytes are left"}, wrongFile + "edited: " + otherScript},
	{"a script emptied", func(d onDisk) { d.write(otherScript, "") }, []string{otherScript + ": truncated: it is empty"}, wrongFile + "edited: " + otherScript},
	{"the module emptied", func(d onDisk) { d.write(module, "") }, []string{module + ": truncated: it is empty"}, wrongModule},
	{"the sums emptied", func(d onDisk) { d.write(sumsFile, "") }, []string{sumsFile + ": truncated: it is empty"}, refusesFirst},
	{"CRLF turned to LF in a script", func(d onDisk) { d.write(otherScript, strings.ReplaceAll(d.read(otherScript), "\r\n", "\n")) }, []string{otherScript + ":1: edited: CRLF turned into LF"}, wrongFile + "edited: " + otherScript},
	{"CRLF turned to LF in the module", func(d onDisk) { d.write(module, strings.ReplaceAll(d.read(module), "\r\n", "\n")) }, []string{module + ":1: edited: CRLF turned into LF"}, wrongModule},
	{"one CRLF turned to LF", func(d onDisk) { d.edit(otherScript, ".SYNOPSIS\r\n", ".SYNOPSIS\n") }, []string{otherScript + ":2: edited: CRLF turned into mixed line ends"}, wrongFile + "edited: " + otherScript},
	{"LF turned to CRLF in the topology", func(d onDisk) { d.write("topology.yaml", strings.ReplaceAll(d.read("topology.yaml"), "\n", "\r\n")) }, []string{"topology.yaml:1: edited: LF turned into CRLF"}, wrongFile + "edited: topology.yaml"},
	{"LF turned to CRLF in the sums", func(d onDisk) { d.write(sumsFile, strings.ReplaceAll(d.read(sumsFile), "\n", "\r\n")) }, []string{sumsFile + ":1: edited: LF turned into CRLF"}, wrongDigest},
	{"a byte order mark before the plan", func(d onDisk) { d.write("plan.json", "\uFEFF"+d.read("plan.json")) }, []string{"plan.json:1: edited: UTF-8 turned into UTF-8 with byte order mark"}, wrongFile + "edited: plan.json"},
	{"a script as UTF-16", func(d onDisk) { d.write(otherScript, asUTF16(d.read(otherScript))) }, []string{otherScript + ":1: edited: UTF-8 turned into UTF-16"}, wrongFile + "edited: " + otherScript},
	{"an empty line at the end of a script", func(d onDisk) { d.append(otherScript, "\r\n") }, []string{otherScript + ":*: edited: something was added at its end"}, wrongFile + "edited: " + otherScript},
	{"a zero byte at the end of the sums", func(d onDisk) { d.append(sumsFile, "\x00") }, []string{sumsFile + ":*: edited: something was added at its end"}, wrongDigest},
	{"a sum changed", func(d onDisk) { d.edit(sumsFile, d.digest(ranScript), strings.Repeat("0", 64)) }, []string{sumsFile + ":*: edited"}, wrongDigest},
	{"a line taken out of the sums", func(d onDisk) { d.edit(sumsFile, d.digest(ranScript)+"  "+ranScript+"\n", "") }, []string{sumsFile + ":*: replaced: *"}, wrongDigest},
	{"the sums replaced by those of nothing", func(d onDisk) { d.write(sumsFile, "not a sum\n") }, []string{sumsFile + ":1: edited"}, refusesFirst},
	{"a script and its sum", func(d onDisk) {
		d.edit(otherScript, "EA5A", "EA5B")
		d.forgeSum(otherScript)
	}, []string{sumsFile + ":*: replaced: it matches the files of this folder, but its topology.yaml renders other files", otherScript + ":*: edited: SHA256SUMS was changed to match"}, wrongDigest},
	{"the module and its sum", func(d onDisk) {
		d.edit(module, "exit code", "exit  code")
		d.forgeSum(module)
	}, []string{sumsFile + ":*: replaced: *", module + ":*: edited: SHA256SUMS was changed to match"}, wrongDigest},
	{"an added script and its sum", func(d onDisk) {
		d.write("scripts/99-evil.ps1", "'evil'")
		d.append(sumsFile, d.digest("scripts/99-evil.ps1")+"  scripts/99-evil.ps1\n")
	}, []string{sumsFile + ":*: replaced: *", "scripts/99-evil.ps1: added: SHA256SUMS was changed to match"}, wrongDigest},
	{"the sums of another bundle", func(d onDisk) {
		other := asMap(render(d, strings.Replace(litware(d), "5199", "5200", 1)))
		d.write(sumsFile, other[sumsFile])
	}, []string{sumsFile + ":*: edited"}, wrongDigest},
	{"a signed script", func(d onDisk) { d.append(ranScript, signature) }, nil, passes},
	{"every script signed", func(d onDisk) {
		for _, name := range []string{ranScript, otherScript, module, backOut} {
			d.append(name, signature)
		}
	}, nil, passes},
	{"code after the signature block", func(d onDisk) { d.append(otherScript, signature+"Remove-Item x\r\n") }, []string{otherScript + ":*: edited: something was added at its end; its signature block has lines that are not comments, or is not at the end"}, wrongFile + "edited: " + otherScript},
	{"code after the signature block of the module", func(d onDisk) { d.append(module, signature+"Remove-Item x\r\n") }, []string{module + ":*: edited: something was added at its end; its signature block has lines that are not comments, or is not at the end"}, wrongModule},
	{"code on the last line of the signature block", func(d onDisk) { d.append(otherScript, strings.TrimSuffix(signature, "\r\n")+"; Remove-Item x\r\n") }, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"code inside the signature block", func(d onDisk) {
		d.append(otherScript, strings.Replace(signature, "# gjc", "Remove-Item x\r\n# gjc", 1))
	}, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"a line end of its own inside the signature block", func(d onDisk) {
		d.append(otherScript, strings.Replace(signature, "# gjc", "# \rRemove-Item#gjc", 1))
	}, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"an empty signature block", func(d onDisk) {
		d.append(otherScript, "\r\n# SIG # Begin signature block\r\n# SIG # End signature block\r\n")
	}, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"two signature blocks", func(d onDisk) { d.append(otherScript, signature+signature) }, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"a signature block with LF", func(d onDisk) { d.append(otherScript, strings.ReplaceAll(signature, "\r\n", "\n")) }, []string{otherScript + ":*: edited: *"}, wrongFile + "edited: " + otherScript},
	{"a signature block before the code", func(d onDisk) { d.write(otherScript, strings.TrimPrefix(signature, "\r\n")+d.read(otherScript)) }, []string{otherScript + ":1: edited: *"}, wrongFile + "edited: " + otherScript},
	{"a signature block on the plan", func(d onDisk) { d.append("plan.json", signature) }, []string{"plan.json:*: edited: something was added at its end"}, wrongFile + "edited: plan.json"},
	{"a folder in place of a script", func(d onDisk) {
		d.remove(otherScript)
		d.must(os.Mkdir(d.path(otherScript), 0o755))
	}, []string{otherScript + ": not a file: it is a folder"}, wrongFile + "missing: " + otherScript},
	{"evidence and signatures", func(d onDisk) {
		d.write("evidence/host/state.json", "{}")
		for _, name := range []string{"SHA256SUMS.sig", "SHA256SUMS.p7s", "approval.md.asc"} {
			d.write(name, "signature")
		}
	}, nil, passes},
	{"a signature among the scripts", func(d onDisk) { d.write(ranScript+".sig", "signature") }, []string{ranScript + ".sig: added"}, wrongFile + "additional: " + ranScript + ".sig"},
	{"a file for the evidence", func(d onDisk) { d.write("evidence", "x") }, []string{"evidence: added"}, passes},
	{"an approval that was filled in", func(d onDisk) {
		d.edit("approval.md", "| Author: wrote `topology.yaml` and made the bundle | |", "| Author: wrote `topology.yaml` and made the bundle | Eva |")
	}, []string{"approval.md:*: " + writtenOn}, "approval.md: " + writtenOn},
	{"both approvals filled in", func(d onDisk) {
		d.edit("approval.md", "wrote `topology.yaml` and made the bundle |", "wrote `topology.yaml` and made the bundle: Eva |")
		d.append("approval.html", "<!-- Eva -->")
	}, []string{"approval.html:*: written on: *", "approval.md:*: written on: *"}, "approval.md, approval.html: " + writtenOn},
	{"another command in the run sheet", func(d onDisk) { d.edit("approval.html", "-WhatIf", "") }, []string{"approval.html:*: written on: *"}, "approval.html: " + writtenOn},
	{"an approval and a script", func(d onDisk) {
		d.edit("approval.md", " -WhatIf", "")
		d.edit(otherScript, "EA5A", "EA5B")
	}, []string{"approval.md:*: edited", otherScript + ":*: edited"}, wrongFile + "edited: approval.md, edited: " + otherScript},
}

func asUTF16(text string) string {
	var out strings.Builder
	out.WriteString("\xff\xfe")
	for _, r := range text {
		out.Write([]byte{byte(r), 0}) // scripts are ASCII
	}
	return out.String()
}
