// Package powershell is the only door through which text enters a script: literals and comments.
package powershell
