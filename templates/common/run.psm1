# ---- run: what run.ps1 shows, asks and starts next, from the plan's rows and the event lines ------------------
# A row is a step with the hosts that run it before the next row begins. An item is one row on one host, or one question between
# rows. The order is that of the rows and, in one file, of the lines: a clock that was set back changes nothing.

# Returns the state of this run, which run.ps1 gives back with Resume-Run: each script that it starts loads the module anew.
function Get-RunState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $script:Step
}

# Goes on with the state of run.ps1 after a script has loaded the module anew.
function Resume-Run {
    [CmdletBinding()] param([hashtable]$State)
    $script:Step = $State
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
}

# Reads the event lines with this digest of every computer: the last run of each script there that was not refused, and the last
# answer to each question.
function Read-RunEvidence {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $found = @{ Run = @{}; Answer = @{} }
    $position = 0
    foreach ($folder in @(Get-ChildItem -LiteralPath $script:Step.Evidence -ErrorAction SilentlyContinue | Where-Object { $_.PSIsContainer })) {
        $from = $folder.Name.ToLowerInvariant()
        $runs = @{}
        foreach ($line in @(Read-EventLine -Path (Join-Path -Path $folder.FullName -ChildPath 'events.jsonl'))) {
            if ($line -cnotmatch '"status":"(START|NOT SEEN|ATTEMPT|DONE|ANSWER|END)"') { continue }
            # A crash can have cut off a line.
            $entry = try { ConvertFrom-Json -InputObject $line } catch { $null }
            if ($null -eq $entry -or $entry.digest -ne $script:Step.Digest) { continue }
            $position++
            if ($entry.status -eq 'START') {
                $key = "$from $($entry.script)"
                $former = $found.Run[$key]
                $found.Run[$key] = $runs[$entry.run] = @{ Id = $entry.run; At = $position; Code = $null; Done = $false; Question = @(); Former = $former; Attempt = $null -ne $former -and $former.Attempt }
                # The way back makes the answers of the way forward old, and the other way round.
                $isBackOut = $entry.script -like 'back-out/*'
                foreach ($key in @($found.Answer.Keys)) { if ($entry.script -ne 'run.ps1' -and $key.StartsWith("$from ") -and ($key -like '* backed out, or did it never run?') -ne $isBackOut) { $found.Answer.Remove($key) } }
            } elseif ($entry.status -eq 'ANSWER') {
                $cut = $entry.text.IndexOf(' -> ')
                if ($cut -gt 0) { $found.Answer["$from $($entry.text.Substring(0, $cut))"] = $entry.text.Substring($cut + 4) }
            } elseif ($runs.ContainsKey($entry.run)) {
                $run = $runs[$entry.run]
                if ($entry.status -eq 'DONE') { $run.Done = $true }
                if ($entry.status -eq 'NOT SEEN') { $run.Question += $entry.text }
                if ($entry.status -eq 'ATTEMPT') { $run.Attempt = $true }
                if ($entry.status -eq 'END') { $run.Code = $entry.exitCode }
                # A refused run has left everything as the run before it did.
                if ($run.Code -eq 2 -and $null -ne $run.Former -and $entry.script -ne 'run.ps1') { $found.Run["$from $($entry.script)"] = $run.Former }
            }
        }
    }
    $found
}

# Returns the state of a script on a computer: none, done, backed out, interrupted or failed.
function Get-ScriptState {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Evidence, [string]$Computer, [string]$Script, [string]$Undo)
    $run, $back = $Evidence.Run["$Computer $Script"], $Evidence.Run["$Computer $Undo"]
    if ($null -eq $run) { return 'none' }
    if ($null -ne $back -and $back.At -gt $run.At -and $back.Code -ne 2) {
        if ($back.Code -eq 0 -and $back.Done) { return 'backed out' }
        return 'half backed out'
    }
    if ($null -eq $run.Code) { return 'interrupted' }
    if ($run.Code -eq 0 -and $run.Done) { 'done' } else { "failed with exit $($run.Code)" }
}

# Returns the items of the change in order, each with its name, its state, and whether this computer is where it runs.
function Get-RunItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Row, [hashtable]$Evidence)
    $scripts = 0
    $position = 0
    $last = $null
    foreach ($one in $Row) {
        $one.Position = $position++
        $base = @{ Row = $one; Host = ''; State = 'none'; Mine = $true; Open = @(); Question = ''; After = ''; Run = $null }
        if ($one.Kind -eq 'skipped') {
            $base.State, $base.Name = 'skipped', "step $($one.Order)"
            $base
            continue
        }
        # A step without a back-out of its own belongs to the computer of the step that takes it back: what is due is noted there.
        $maker = ''
        foreach ($other in $Row) { if ($one.BackOut -eq '' -and $one.Undo -ne '' -and $other.BackOut -eq $one.Undo) { $maker = $other.Script } }
        $former = ''
        foreach ($name in @(if ($one.Hosts.Count -gt 0) { $one.Hosts } else { '' })) {
            if ($one.Kind -eq 'manual') { break }
            # The servers of a change follow each other, each after a word from a person.
            if ($one.Kind -eq 'change' -and $former -ne '') { Get-QuestionItem -Base $base -Evidence $Evidence -Last $last -Computer $name -Text "Step $($one.Order) is done on $former. Does OWA work there, and may $name be next?" }
            $former = $name
            $last = $item = Get-ScriptItem -Base $base -Evidence $Evidence -Computer $name -Maker $maker
            $scripts += [int]$item.Here
            $item
        }
        if ($one.SignOff -ne '') { Get-QuestionItem -Base $base -Evidence $Evidence -Last $last -Text $one.SignOff }
    }
    if ($scripts -eq 0) { throw "no script of this change runs in this shell on $($script:Step.Host); open the management shell, or go to a computer of the run sheet" }
}

# Returns the item of a script: on the named computer, or on any that has the shell where no name is given.
function Get-ScriptItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Base, [hashtable]$Evidence, [string]$Computer, [string]$Maker)
    $item, $one, $here = $Base.Clone(), $Base.Row, $script:Step.Host
    $item.Host, $item.Name = $Computer, "step $($one.Order) on $(if ($Computer -ne '') { $Computer } else { $one.Place })"
    $item.Here = $item.Mine = if ($Computer -ne '') { $Computer -eq $here } else { $null -ne (Get-Command -Name $one.Command -ErrorAction SilentlyContinue) }
    $from = ''
    $places = @($(if ($Computer -ne '') { $Computer } else { $here; $Evidence.Run.Keys | ForEach-Object { $_.Split(' ')[0] } }) | Select-Object -Unique)
    foreach ($place in $places) {
        $state = Get-ScriptState -Evidence $Evidence -Computer $place -Script $one.Script -Undo $one.Undo
        if ($state -ne 'none' -and @('none', 'backed out') -contains $item.State -or $state -eq 'done') { $item.State, $from = $state, $place }
    }
    # What another computer has begun is that computer's: the way back of it is there, and what it made due.
    $owner = if ($item.State -ne 'backed out') { $from } else { '' }
    foreach ($place in $places) {
        $made = $Evidence.Run["$place $Maker"]
        if ($owner -eq '' -and $null -ne $made -and $made.Attempt -and (Get-ScriptState -Evidence $Evidence -Computer $place -Script $Maker -Undo $one.Undo) -ne 'backed out') { $owner = $place }
    }
    if ($Computer -eq '' -and @('', $here) -notcontains $owner) { $item.Mine, $item.Host, $item.Name = $false, $owner, "step $($one.Order) on $owner" }
    $item.Run = $Evidence.Run["$from $($one.Script)"]
    if ($item.State -ne 'done' -and (Test-Answer -Evidence $Evidence -Question "Is $($item.Name) done?")) { $item.State = 'done' }
    # A question of a NOT SEEN line is open until somebody here has answered it with go.
    if ($item.Mine -and $item.State -eq 'done' -and $null -ne $Evidence.Run["$here $($one.Script)"]) {
        $item.Open = @($Evidence.Run["$here $($one.Script)"].Question | Where-Object { -not (Test-Go -Answer $Evidence.Answer["$here $_"]) })
        if ($item.Open.Count -gt 0) { $item.State = 'unanswered' }
    }
    $item
}

# Returns the item of a question to a person: on the named computer, or wherever it comes up.
function Get-QuestionItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Base, [hashtable]$Evidence, [hashtable]$Last, [string]$Computer = '', [string]$Text)
    $item = $Base.Clone()
    # An answer is about the run before it, where that can be seen: when that script has run again, it is asked again.
    if ($null -ne $Last -and $null -ne $Last.Run) { $item.After = " (after the run $($Last.Run.Id))" }
    $item.Question, $item.Name, $item.Host = $Text, "the question `"$Text`"", $Computer
    $item.Mine = $Computer -eq '' -or $Computer -eq $script:Step.Host
    if (Test-Answer -Evidence $Evidence -Question $Text -After $item.After) { $item.State = 'done' }
    $item
}

# Tells whether a question was answered with yes, on whatever computer. -After: about which run.
function Test-Answer {
    [CmdletBinding()] [OutputType([bool])] param([hashtable]$Evidence, [string]$Question, [string]$After = '')
    foreach ($entry in $Evidence.Answer.GetEnumerator()) {
        if ($entry.Key.EndsWith(" $Question", 'Ordinal') -and ($entry.Value -eq "yes$After" -or ($After -eq '' -and $entry.Value -like 'yes (after the run *'))) { return $true }
    }
    $false
}

# Tells whether an answer to a go/no-go question is go, and perhaps what was seen.
function Test-Go {
    [CmdletBinding()] [OutputType([bool])] param([string]$Answer)
    $Answer -match '^go\b'
}

# Returns what this computer does next. Before are open items of other computers, Skipped what -Step leaves out.
function Get-RunTask {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Item, [int]$Order, [string[]]$Ran = @())
    $open = @($Item | Where-Object { @('done', 'skipped') -notcontains $_.State })
    $mine = @($open | Where-Object { $_.Mine })
    if ($Order -gt 0) {
        $scripts = @($Item | Where-Object { $_.Mine -and $_.Row.Order -eq $Order -and $_.Question -eq '' -and $_.State -ne 'skipped' })
        $mine = @($scripts | Where-Object { $open -contains $_ }) + $scripts
        if ($mine.Count -eq 0) { throw "step $Order has no script for this computer ($($script:Step.Host))" }
    }
    $task = @{ Item = $null; Before = $open; Skipped = @(); Name = '' }
    if ($mine.Count -eq 0) { return $task }
    $task.Item, $task.Script, $task.Name, $task.Changes = $mine[0], $mine[0].Row.Script, $mine[0].Name, ($mine[0].Row.Kind -eq 'change')
    if ($Ran -contains $task.Name -and $task.Item.State -ne 'unanswered') {
        $script:Step.Late = $true # exit 3: something ran
        throw "$($task.Name) ran, but its event lines do not show that it is done; see its WARNING lines and $(Get-EventPath)"
    }
    $at = [array]::IndexOf($Item, $mine[0])
    # The servers of a step that only reads need not wait for each other.
    $task.Before = @($open | Where-Object { [array]::IndexOf($Item, $_) -lt $at -and ($_.Row -ne $mine[0].Row -or $task.Changes) })
    if ($Order -gt 0) { $task.Skipped, $task.Before = $task.Before, @() }
    $task
}

# Returns what goes back next here: of the steps that left a before-state on this computer, the last. Before is what other computers
# take back first.
function Get-BackOutTask {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Item, [hashtable]$Evidence, [int]$Order, [string[]]$Ran = @())
    # The last row first, and in a row the servers in the order in which they were changed.
    $changed = @($Item | Where-Object { $_.Row.BackOut -ne '' -and $_.Question -eq '' })
    $rows = @($changed | ForEach-Object { $_.Row.Position } | Sort-Object -Descending -Unique)
    $changed = @(foreach ($position in $rows) { $changed | Where-Object { $_.Row.Position -eq $position } })
    $mine = @(foreach ($one in $changed) {
            $stem = "$($one.Row.Order)-$($one.Row.Id)"
            if ($one.Mine -and $Ran -notcontains $one.Name -and ((Test-BeforeState -Stem $stem) -or (Test-OldBeforeState -Stem $stem))) { $one }
        })
    # What ran here without leaving a before-state in this folder has left it somewhere else.
    foreach ($one in $changed) {
        $run = $Evidence.Run["$($script:Step.Host) $($one.Row.Script)"]
        $changedHere = $one.Mine -and $null -ne $run -and ($run.Attempt -or ($run.Code -eq 0 -and $run.Done)) -and $one.State -ne 'backed out'
        if ($changedHere -and $mine -notcontains $one -and $Ran -notcontains $one.Name) {
            throw "step $($one.Row.Order) ran on this computer, but its before-state is not in $(Get-EvidencePath -Name "$($one.Row.Order)-$($one.Row.Id).before.json"); use the copy of the bundle and the -EvidencePath with which it ran"
        }
    }
    $chosen = @($mine | Where-Object { $Order -eq 0 -or $_.Row.Order -eq $Order })
    if ($Order -gt 0 -and $chosen.Count -eq 0) { throw "step $Order has left no before-state on this computer, so nothing of it can go back here" }
    $task = @{ Item = $null; Before = @(); Skipped = @(); Name = '' }
    if ($chosen.Count -eq 0) { return $task }
    $task.Item, $task.Script, $task.Name, $task.Changes = $chosen[0], $chosen[0].Row.BackOut, $chosen[0].Name, $true
    $later = @($changed | Select-Object -First ([array]::IndexOf($changed, $chosen[0])))
    # Where the computers share the folder, a step without any line did not run. Elsewhere any computer with the shell can have run it.
    $shared = Test-Share -Path $script:Step.Evidence
    $task.Before = @(foreach ($one in $later) {
            $elsewhere = -not $one.Mine -or ($one.Host -eq '' -and $mine -notcontains $one -and $Ran -notcontains $one.Name)
            $known = $one.State -eq 'backed out' -or ($shared -and $one.State -eq 'none') -or (Test-Answer -Evidence $Evidence -Question (Get-BackOutQuestion -Item $one))
            if ($elsewhere -and -not $known) { $one }
        })
    if ($Order -gt 0) { $task.Skipped, $task.Before = (@($task.Before) + @($mine | Where-Object { $later -contains $_ })), @() }
    $task
}

# Returns the question whether a step is in place no more, or never was.
function Get-BackOutQuestion {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Item)
    "Is $($Item.Name) backed out, or did it never run?"
}

# Shows the steps of this computer with their states.
function Format-RunItem {
    [CmdletBinding()] param([hashtable[]]$Item, [hashtable]$Task, [switch]$BackOut)
    $more = @{ interrupted = '; it has no end: run it again'; unanswered = '; its NOT SEEN lines need an answer'; 'backed out' = '; its back-out is done'; 'half backed out' = '; its back-out did not come to its end: run that again' }
    foreach ($one in @($Item | Where-Object { $_.Mine })) {
        $status, $text = $one.State.ToUpperInvariant(), "step $($one.Row.Order): $($one.Row.Title)$($more[$one.State])"
        if ($one.Question -ne '') { $text = $one.Question }
        if ($one.State -like 'failed*') { $status, $text = 'FAILED', "$text; it $($one.State): run it again, or go back" }
        if ($one.State -eq 'skipped') { $text = "$text; $($one.Row.Reason)" }
        if ($one.State -eq 'none') { $status = if ($one -ne $Task.Item) { 'LATER' } else { 'NEXT' } }
        if ($BackOut -and $one -eq $Task.Item) { $status, $text = 'NEXT', "back-out of $text" }
        if ($one -eq $Task.Item -and $Task.Before.Count -gt 0) { $status, $text = 'WAITS', "$text; for $(Get-NameList -Item $Task.Before)" }
        '{0,-13} {1}' -f $status, $text
    }
}

# Returns the names of items in one line, with what is known of them.
function Get-NameList {
    [CmdletBinding()] [OutputType([string])] param([hashtable[]]$Item)
    $names = @($Item | Select-Object -First 8 | ForEach-Object { $_.Name + $(if (@('none', 'done') -notcontains $_.State) { " ($($_.State))" }) })
    ($names -join ', ') + $(if ($Item.Count -gt 8) { " and $($Item.Count - 8) more" })
}

# Returns what a person types. A shell that cannot ask is refused: the single scripts are for a run without a person.
function Read-Answer {
    [CmdletBinding()] [OutputType([string])] param([string]$Prompt)
    # Read-Host would take the lines of a file for answers. The ISE has no console and asks in a window.
    if ($Host.Name -eq 'ConsoleHost' -and [Console]::IsInputRedirected) { throw 'the answers come from a file or a program, and run.ps1 has no unattended mode; run the single scripts of the run sheet instead' }
    try {
        "$(Read-Host -Prompt $Prompt)".Trim()
    } catch {
        throw "this shell cannot ask a question, and run.ps1 has no unattended mode ($($_.Exception.Message)); run the single scripts of the run sheet instead"
    }
}

# Asks, writes the answer down under each question, with the run that it comes after, and tells whether it is yes, or with -Go go.
function Confirm-Answer {
    [CmdletBinding()] [OutputType([bool])] param([string[]]$Question, [string]$Prompt, [string[]]$After = @($Question | ForEach-Object { '' }), [switch]$Go)
    $typed = Read-Answer -Prompt $Prompt
    for ($number = 0; $number -lt $Question.Count; $number++) { Write-Event -Status 'ANSWER' -Text "$($Question[$number]) -> $typed$($After[$number])" }
    Assert-Event
    if ($Go) { Test-Go -Answer $typed } else { $typed -eq 'yes' }
}

# Asks the questions of NOT SEEN lines. Anything but go stops.
function Confirm-Go {
    [CmdletBinding()] param([string[]]$Question)
    foreach ($one in $Question) {
        if (-not (Confirm-Answer -Question $one -Prompt "$one`nType go and what you saw, or anything else to stop" -Go)) { throw 'stopped by this answer; run the same line again when it is go' }
    }
}

# Asks what comes before a script. Returns run, again (the answers have changed what is next) or stop.
function Confirm-Task {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Task, [int]$Order, [switch]$BackOut)
    if ($null -eq $Task.Item) { return 'stop' }
    if ($Task.Before.Count -gt 0) {
        # A share tells what the other computers have done. Without one a person does.
        if (Test-Share -Path $script:Step.Evidence) { return 'stop' }
        $questions = @($Task.Before | ForEach-Object { if ($BackOut) { Get-BackOutQuestion -Item $_ } elseif ($_.Question -ne '') { $_.Question } else { "Is $($_.Name) done?" } })
        $after = @($Task.Before | ForEach-Object { if ($BackOut) { '' } else { $_.After } })
        if (Confirm-Answer -Question $questions -Prompt "$($questions -join "`n")`nType yes if that is so for each line" -After $after) { return 'again' }
        return 'stop'
    }
    if ($Task.Skipped.Count -gt 0) {
        $names = Get-NameList -Item $Task.Skipped
        if ((Read-Answer -Prompt "Step $Order is out of order. It leaves out $names. Type $Order to run it") -ne "$Order") { throw 'stopped by this answer; nothing was run' }
        Write-Event -Status 'OUT OF ORDER' -Text "step $Order without $names"
    }
    if ($BackOut) { return 'run' }
    if ($Task.Item.Question -ne '') {
        if (Confirm-Answer -Question $Task.Item.Question -Prompt "$($Task.Item.Question) Type yes" -After $Task.Item.After) { return 'again' }
        throw 'stopped by this answer; run the same line again when it is yes'
    }
    if ($Task.Item.State -ne 'unanswered') { return 'run' }
    Confirm-Go -Question $Task.Item.Open
    if ($Order -gt 0) { 'stop' } else { 'again' }
}

# Asks whether a script may run, the questions of its preview first, and notes that it starts. A preview changes and notes nothing.
# Returns run, or again where another computer has run it.
function Confirm-Start {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Task, [hashtable]$Evidence, [string[]]$Question = @(), [switch]$Preview)
    if ($Preview) { return 'run' }
    $answers = $Evidence.Answer
    Confirm-Go -Question @($Question | Where-Object { -not (Test-Go -Answer $answers["$($script:Step.Host) $_"]) })
    $elsewhere = $Task.Item.Host -eq '' -and $Task.Script -eq $Task.Item.Row.Script
    $typed = Read-Answer -Prompt "Run $($Task.Script) on this computer? Type yes$(if ($elsewhere) { ', or done if another computer has run it' })"
    if ($elsewhere -and $typed -eq 'done') {
        Write-Event -Status 'ANSWER' -Text "Is $($Task.Name) done? -> yes"
        return 'again'
    }
    Write-Event -Status 'ANSWER' -Text "Run $($Task.Script) on this computer? -> $typed"
    if ($typed -ne 'yes') { throw 'stopped by this answer; nothing was run' }
    Write-Event -Status 'STARTED' -Text $Task.Script
    Assert-Event
    'run'
}

# Holds the evidence folder: no other run.ps1 runs a script with it meanwhile. The system lets go when the process ends.
function Lock-Evidence {
    [CmdletBinding()] param([hashtable]$Evidence)
    $path = Join-Path -Path $script:Step.Evidence -ChildPath 'run.lock'
    try {
        $script:Step.Lock = [IO.File]::Create($path, 1, 'DeleteOnClose')
    } catch {
        $others = @($Evidence.Run.GetEnumerator() | Where-Object { $_.Key -like '* run.ps1' -and $null -eq $_.Value.Code -and $_.Key -ne "$($script:Step.Host) run.ps1" } | ForEach-Object { $_.Key.Split(' ')[0] })
        $who = if ($others.Count -gt 0) { " ($($others -join ', '))" } else { '' }
        throw "another run.ps1 works with this evidence folder$who, or nobody may write to it; wait until that run ends. If it was lost with its computer or its network, close the file run.lock on the file server ($($_.Exception.GetBaseException().Message))"
    }
}

# Ends run.ps1: what was reached, and where to go next.
function Complete-Run {
    [CmdletBinding()] param([hashtable]$Task, [hashtable]$Result, [int]$Order, [switch]$BackOut)
    # The path as it was typed; PowerShell takes the typographic quotes for quotes too.
    $path = if ($script:Step.Typed -ne '') { " -EvidencePath '" + ($script:Step.Typed -replace "['\u2018\u2019\u201A\u201B]", '$0$0') + "'" } else { '' }
    $start = ".\run.ps1 -ApprovedDigest `$d$path"
    $line = "$start$(if ($BackOut) { ' -BackOut' })"
    $script:Step.Code = $Result.Code
    if ($Result.Code -ne 0 -or -not $Result.Done) {
        if ($Result.Code -eq 0) { $script:Step.Code = 3 }
        $back = if ($BackOut) { '' } else { "; to go back instead: $start -BackOut" }
        Write-Line -Status 'STOPPED' -Text "$($Task.Script) ended with exit $($Result.Code)$(if (-not $Result.Done) { ' and without DONE' }). Do what its last lines say, then run the same line again$back"
    } elseif ($Order -gt 0) {
        Write-Line -Status 'NEXT' -Text "$start -List shows what is open"
    } elseif ($Task.Before.Count -gt 0) {
        $first = $Task.Before[0]
        $place = if ($first.Host -ne '') { $first.Host } elseif ($first.Question -ne '') { 'any computer of this change' } else { $first.Row.Place }
        Write-Line -Status 'NEXT' -Text "$(Get-NameList -Item $Task.Before). Go to ${place} and run there: $line"
    } elseif ($null -ne $Task.Item) {
        Write-Line -Status 'NEXT' -Text $line
    } elseif ($BackOut) {
        Write-Line -Status 'DONE' -Text 'nothing is left on this computer to go back from'
    } else {
        Write-Line -Status 'DONE' -Text 'every step of the change is done'
    }
    Close-EventLine
}
