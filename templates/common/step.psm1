# lyncowa common module: what all scripts of a bundle share. It is the same file in every bundle of a program version
# and product family (web.config or setting override), so one review serves all of them.
#
# Exit codes: 0 done or nothing to do; 1 a check did not pass; 2 refused, nothing changed; 3 failed on the way.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# ---- step: begins and ends a step, prints its lines, decides its exit code ------------------------------------

# What this run is about. Enter-Step fills it; every function reads it.
$script:Step = @{
    Cmdlet = $null; Folder = ''; Bundle = ''; Order = 0; Stem = ''; Kind = ''; Shell = ''; BackOut = ''; Next = ''
    WhatIf = $false; Confirm = 'High'; Host = ''; Attempted = @(); Changed = @(); Due = @()
    Typed = ''; Evidence = ''; Kept = ''; Protected = $false # -EvidencePath as typed; the folder of the event lines; that of the rest, and whether its access is restricted
    Script = ''; Run = ''; Line = 0; Account = ''; Sid = ''; Digest = ''; Unwritten = ''; Lock = $null # of the event lines; why one could not be written
    Tally = @{ 'FAILED' = 0; 'NOT SEEN' = 0; 'NOT YET' = 0 }
    Late = $false # past a deadline: exit 3 although this run may have attempted nothing
    Code = 2
}

# Begins a step: takes over the script's preferences, checks the seal, refuses a remote session and an unelevated shell.
function Enter-Step {
    [CmdletBinding()] param($Cmdlet, [string]$Folder, [hashtable]$Step, [string]$EvidencePath)
    $script:Step.Cmdlet = $Cmdlet
    $script:Step.Folder = $Folder
    $script:Step.Stem = '{0}-{1}' -f $Step.Order, $Step.Id
    foreach ($key in @('Bundle', 'Order', 'Kind', 'Script', 'Shell', 'BackOut', 'Next')) { $script:Step[$key] = $Step[$key] }
    # A module does not inherit the preferences of the script that calls it.
    $script:Step.WhatIf = [bool]$Cmdlet.GetVariableValue('WhatIfPreference')
    $script:Step.Confirm = $Cmdlet.GetVariableValue('ConfirmPreference')
    # WhatIf above alone decides whether the module writes its own files; the shell's preferences must not reach them.
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
    $location = $Cmdlet.SessionState.Path
    if ($location.CurrentLocation.Provider.Name -ne 'FileSystem') { throw 'the current location is not a folder; change to the folder of the bundle first' }
    $script:Step.Typed = $EvidencePath
    if ($EvidencePath -eq '') { $EvidencePath = Join-Path -Path $Folder -ChildPath 'evidence' }
    $script:Step.Evidence = $location.GetUnresolvedProviderPathFromPSPath($EvidencePath)
    $heading = if ($Step.Kind -eq 'back-out') { 'Back-out of step {0}: {1}' } else { '{0} {1}' }
    Write-Line -Status 'STEP' -Text (($heading + ' (bundle {2})') -f $Step.Order, $Step.Title, $Step.Bundle)
    Assert-Seal -Folder $Folder
    Open-EventLine -Step $Step
    Assert-LocalSession
    Assert-Elevation
    Initialize-Evidence -Path $script:Step.Evidence
    Assert-EvidenceOwner
    if (@('check', 'verify') -notcontains $script:Step.Kind) { Assert-Event }
}

# Prints one line of the report, and writes its event first.
function Write-Line {
    [CmdletBinding()] param([string]$Status, [string]$Text)
    # run.ps1 shows what the scripts have written already.
    if ($script:Step.Kind -ne 'run') { Write-Event -Status $Status -Text $Text }
    Write-Output -InputObject ('{0,-13} {1}' -f $Status, $Text)
}

# Makes the result of one check. NOT SEEN is a question for a person, because this computer cannot see the answer;
# NOT YET is a check that can pass later without any repair.
function Get-Result {
    [CmdletBinding()] param([string]$Status, [string]$Subject, [string]$Text)
    New-Object -TypeName PSObject -Property @{ Status = $Status; Text = "${Subject}: $Text" }
}

# Makes the result of a check that passes or fails. -Advice makes a failure a warning.
function Get-Check {
    [CmdletBinding()] param([bool]$Passed, [string]$Subject, [string]$Good, [string]$Bad, [switch]$Advice)
    $status, $text = 'OK', $Good
    if (-not $Passed) { $status, $text = $(if ($Advice) { 'WARNING' } else { 'FAILED' }), $Bad }
    Get-Result -Status $status -Subject $Subject -Text $text
}

# Says what is awaited and how long at most, then sleeps for 15 seconds. It returns a check result: Assert-Check prints it at once.
function Wait-Moment {
    [CmdletBinding()] param([string]$For, [datetime]$Until)
    $left = [Math]::Max(0, [Math]::Ceiling(($Until - (Get-Date)).TotalSeconds))
    Get-Result -Status 'WAITING' -Subject $For -Text "at most $left seconds left"
    Start-Sleep -Seconds 15
}

# Prints check results. A failed one refuses a changing step (exit 2) and is counted by a read-only one (exit 1).
function Assert-Check {
    [CmdletBinding()] param([Parameter(ValueFromPipeline = $true)] $Check)
    begin { $failed = 0 }
    process {
        Write-Line -Status $Check.Status -Text $Check.Text
        if ($script:Step.Tally.ContainsKey($Check.Status)) { $script:Step.Tally[$Check.Status]++ }
        if ($Check.Status -eq 'FAILED') { $failed++ }
    }
    end {
        if ($failed -gt 0 -and @('change', 'back-out') -contains $script:Step.Kind) {
            throw "$failed check(s) did not pass; do what the FAILED lines say and run this script again"
        }
    }
}

# Ends a step that came through: what was done, what comes next.
function Complete-Step {
    [CmdletBinding()] param()
    $tally = $script:Step.Tally
    $script:Step.Code = [int]($tally['FAILED'] + $tally['NOT YET'] -gt 0)
    if ($tally['FAILED'] -gt 0) {
        Write-Line -Status 'FAILED' -Text ('{0} check(s) did not pass; nothing was changed. Do what the FAILED lines say and run this script again.' -f $tally['FAILED'])
    } elseif ($tally['NOT YET'] -gt 0) {
        Write-Line -Status 'NOT YET' -Text ('{0} check(s) cannot pass yet; nothing was changed. Run this script again at the time that the line names.' -f $tally['NOT YET'])
    } elseif (@('check', 'verify') -contains $script:Step.Kind) {
        Write-Line -Status 'DONE' -Text 'every check that this computer can make passed; nothing was changed'
    } elseif ($script:Step.WhatIf) {
        Write-Line -Status 'DONE' -Text 'this was -WhatIf: nothing was changed and no file was written'
    } elseif ($script:Step.Changed.Count -eq 0) {
        Write-Line -Status 'DONE' -Text 'nothing to do'
    } else {
        Write-Line -Status 'DONE' -Text ('{0} change(s)' -f $script:Step.Changed.Count)
    }
    if ($tally['NOT SEEN'] -gt 0) { Write-Line -Status 'GO/NO-GO' -Text ('answer the {0} question(s) of the NOT SEEN lines before you go on' -f $tally['NOT SEEN']) }
    if ($script:Step.Code -eq 0 -and $script:Step.Next -ne '') { Write-Line -Status 'NEXT' -Text $script:Step.Next }
    Close-EventLine
}

# Ends a step that did not come through: exit 2 if nothing was attempted, otherwise exit 3 with what was done and the way back.
function Write-Failure {
    [CmdletBinding()] param($ErrorRecord)
    $text = $ErrorRecord.Exception.Message
    # A sentence of ours needs no line, and the line of an error from the Exchange shell is one of its proxy module.
    $from = $ErrorRecord.InvocationInfo
    if ($ErrorRecord.Exception.GetType().Name -ne 'RuntimeException' -and $null -ne $from -and "$($from.ScriptName)".StartsWith($script:Step.Folder, 'OrdinalIgnoreCase') -and $script:Step.Folder -ne '') {
        $text = '{0} (line {1} of {2})' -f $text, $from.ScriptLineNumber, $from.ScriptName
    }
    if ($script:Step.Attempted.Count -eq 0 -and -not $script:Step.Late) {
        $script:Step.Code = 2
        Write-Line -Status 'REFUSED' -Text $text
        # A guided run can have run other scripts before.
        Write-Line -Status '' -Text $(if ($script:Step.Changed.Count -eq 0) { 'nothing was changed' } else { "done before: $($script:Step.Changed -join '; ')" })
        Close-EventLine
        return
    }
    $script:Step.Code = 3
    Write-Line -Status 'FAILED' -Text $text
    if ($script:Step.Attempted.Count -gt 0) { Write-Line -Status '' -Text ('attempted: {0}' -f (@($script:Step.Attempted) -join '; ')) }
    $done = if ($script:Step.Changed.Count -eq 0) { 'nothing' } else { $script:Step.Changed -join '; ' }
    Write-Line -Status '' -Text "done: $done"
    $back = if ($script:Step.BackOut -ne '') { ', or go back with ' + $script:Step.BackOut } else { '' }
    Write-Line -Status 'NEXT' -Text "remove the cause and run this script again$back"
    Close-EventLine
}

# Returns the exit code of the step.
function Get-StepExitCode {
    [CmdletBinding()] [OutputType([int])] param()
    $script:Step.Code
}

# Returns a property that not every version or shell has; $null where it is missing.
function Get-PropertyValue {
    [CmdletBinding()] param($Subject, [string]$Name)
    $property = $Subject.PSObject.Properties[$Name]
    # A $null of its own: nothing at all would stay nothing in a cast to [string].
    if ($null -eq $property) { $null } else { $property.Value }
}

# Returns the local time of a UTC time such as 2026-05-02T22:00:00Z.
function ConvertFrom-TimeText {
    [CmdletBinding()] [OutputType([datetime])] param([string]$Text)
    [datetime]::ParseExact($Text, "yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]'AssumeUniversal')
}

# Returns a time as a person reads it, the same in every culture.
function Get-TimeText {
    [CmdletBinding()] [OutputType([string])] param([datetime]$Time)
    $Time.ToString('yyyy-MM-dd HH:mm', [Globalization.CultureInfo]::InvariantCulture)
}
