package main

import "github.com/spf13/cobra"

// shells are the supported shells, with the help page of each.
var shells = map[string]struct{ short, long, example string }{
	"bash": {
		"Print the completion script for bash",
		`Print the completion script for bash. It needs the package bash-completion. If the
Tab key prints "_get_comp_words_by_ref: command not found", install that package
(apt-get, dnf or zypper install bash-completion; on macOS brew install
bash-completion@2) and start a new shell.

The first example is for the current shell. The second is for all your new shells;
create the folder first if it does not exist. A release has the script as
completions/lyncowa.bash.`,
		"  source <(lyncowa completion bash)\n  lyncowa completion bash > ~/.local/share/bash-completion/completions/lyncowa",
	},
	"zsh": {
		"Print the completion script for zsh",
		`Print the completion script for zsh. If the Tab key does nothing,
add "autoload -U compinit; compinit" to ~/.zshrc and start a new shell.

The first example is for the current shell, the second for all new shells. A release
has the script as completions/lyncowa.zsh. Name it _lyncowa in a folder of $fpath.`,
		"  source <(lyncowa completion zsh)\n  lyncowa completion zsh > \"${fpath[1]}/_lyncowa\"",
	},
	"fish": {
		"Print the completion script for fish",
		`Print the completion script for fish.

The first example is for the current shell, the second for all new shells. A release
has the script as completions/lyncowa.fish.`,
		"  lyncowa completion fish | source\n  lyncowa completion fish > ~/.config/fish/completions/lyncowa.fish",
	},
	"powershell": {
		"Print the completion script for PowerShell",
		`Print the completion script for PowerShell 5.0 or later.

The example is for the current session. For all new sessions, add the same line to
the file $PROFILE. A release has the script as completions/lyncowa.ps1.`,
		"  lyncowa completion powershell | Out-String | Invoke-Expression",
	},
}

// describeCompletion adds cobra's completion commands, described in our words and with our errors for arguments.
func describeCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		panic(err) // cobra has just added it
	}
	completion.Short = "Print the completion script for a shell"
	completion.Long = `Print the script with which a shell completes commands, flags, ids and file names of
lyncowa. The help of each shell says how to install it.`
	completion.Example = "  lyncowa completion bash --help\n  lyncowa completion powershell --help"
	completion.Args = noArguments
	completion.RunE = showHelp
	for _, cmd := range completion.Commands() {
		shell := shells[cmd.Name()]
		cmd.Short, cmd.Long, cmd.Example, cmd.Args = shell.short, shell.long, shell.example, noArguments
		cmd.Flags().Lookup("no-descriptions").Usage = "leave out the descriptions"
	}
}
