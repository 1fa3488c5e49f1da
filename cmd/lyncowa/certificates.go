package main

import (
	"io"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func newCertificateRequest() *cobra.Command {
	return &cobra.Command{
		Use:   "certificate-request FILE",
		Short: "Print the commands that request and import the certificates",
		Long: `Print the commands for an Exchange Management Shell that request a certificate for
each Mailbox server, import it and show its thumbprint. Subject and alternative
names are those under which Lync knows the server. The topology needs no
certificateThumbprint yet: this command does not read it. It writes no file.`,
		Example: `  lyncowa certificate-request topology.yaml
  lyncowa certificate-request topology.yaml > certificates.ps1`,
		Args:              topologies(1, 1),
		ValidArgsFunction: onlyFirst(completeTopologies),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := newReading(cmd)
			name, err := r.read(args[0])
			if err != nil {
				return suggestFile(cmd, args[0], err)
			}
			var top *topology.Topology
			top, r.findings = topology.LoadForRequest(name, r.texts[name])
			if err := r.show(args); err != nil {
				return err
			}
			text, err := plan.CertificateRequest(top)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), text); err != nil {
				return err
			}
			if args[0] != "-" {
				next(cmd.ErrOrStderr(), "lyncowa validate "+quoted(args[0])) // the answer is a script
			}
			return nil
		},
	}
}
