package main

import "github.com/spf13/cobra"

// shells are the shells that lyncowa can be completed in, with the page about each.
var shells = map[string]struct{ short, long, example string }{
	"bash": {
		"Print the completion script for bash",
		`Print the completion script for bash. It needs the package bash-completion: where the
Tab key answers "_get_comp_words_by_ref: command not found", install that package
(apt-get, dnf or zypper install bash-completion; on macOS brew install
bash-completion@2) and begin a new shell.

The first example is for the shell that you are in, the second for every new one of
yours; make the folder first if it is not there. A release has the script as
completions/lyncowa.bash.`,
		"  source <(lyncowa completion bash)\n  lyncowa completion bash > ~/.local/share/bash-completion/completions/lyncowa",
	},
	"zsh": {
		"Print the completion script for zsh",
		`Print the completion script for zsh. Completion has to be switched on: where the Tab
key does nothing, put "autoload -U compinit; compinit" into ~/.zshrc and begin a new
shell.

The first example is for the shell that you are in, the second for every new one. A
release has the script as completions/lyncowa.zsh; it must be called _lyncowa in a
folder of $fpath.`,
		"  source <(lyncowa completion zsh)\n  lyncowa completion zsh > \"${fpath[1]}/_lyncowa\"",
	},
	"fish": {
		"Print the completion script for fish",
		`Print the completion script for fish, which needs nothing else.

The first example is for the shell that you are in, the second for every new one. A
release has the script as completions/lyncowa.fish.`,
		"  lyncowa completion fish | source\n  lyncowa completion fish > ~/.config/fish/completions/lyncowa.fish",
	},
	"powershell": {
		"Print the completion script for PowerShell",
		`Print the completion script for PowerShell 5.0 or later.

The example is for the session that you are in. For every new one put the same line
into the file that $PROFILE names. A release has the script as
completions/lyncowa.ps1.`,
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
	completion.Short = "Print what lets a shell complete command lines of lyncowa"
	completion.Long = `Print the script that lets a shell complete commands, flags, ids and file names of
lyncowa with the Tab key. How to install it is in the help of each shell.`
	completion.Example = "  lyncowa completion bash --help\n  lyncowa completion powershell --help"
	completion.Args = noArguments
	completion.RunE = showHelp
	for _, cmd := range completion.Commands() {
		shell := shells[cmd.Name()]
		cmd.Short, cmd.Long, cmd.Example, cmd.Args = shell.short, shell.long, shell.example, noArguments
		cmd.Flags().Lookup("no-descriptions").Usage = "leave out what each word means"
	}
}
