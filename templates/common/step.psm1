# ---- step ---------------------------------------------------------------------------------------------------

# What this run is about; Enter-Step fills it, every function of this module reads it.
$script:Step = @{
    Cmdlet = $null; Stem = ''; Kind = ''; BackOut = ''; Next = ''; WhatIf = $false; Evidence = ''; Host = ''
    Attempted = @(); Changed = @(); Due = @(); Failed = 0
    Open = 0       # questions that this host cannot answer
    Late = $false  # past a deadline: exit 3 although nothing may have been attempted
    Code = 2
    Lines = New-Object -TypeName System.Collections.ArrayList
}

function Enter-Step {
    <#
    .SYNOPSIS
    Begins a step: takes over the preferences of the script, checks the seal, refuses a remote session and an unelevated shell.
    .PARAMETER Step
    Order, Id, Title, Kind (check, change, verify or back-out), BackOut and Next, as the plan says.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] $Cmdlet,
        [Parameter(Mandatory = $true)] [string]$Bundle,
        [Parameter(Mandatory = $true)] [hashtable]$Step,
        [string]$EvidencePath = ''
    )
    if ($EvidencePath -eq '') { $EvidencePath = Join-Path -Path $Bundle -ChildPath 'evidence' }
    $script:Step.Cmdlet = $Cmdlet
    $script:Step.Stem = '{0}-{1}' -f $Step.Order, $Step.Id
    foreach ($key in @('Kind', 'BackOut', 'Next')) { $script:Step[$key] = $Step[$key] }
    # A module does not inherit the preferences of the script that calls it.
    $script:Step.WhatIf = [bool]$Cmdlet.GetVariableValue('WhatIfPreference')
    # The module's own files are written, or not, by WhatIf above alone; the shell's preferences must not reach them.
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
    if ($Cmdlet.SessionState.Path.CurrentLocation.Provider.Name -ne 'FileSystem') { throw 'the current location is not a folder; change into the folder of the bundle first' }
    $script:Step.Evidence = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($EvidencePath)
    Write-Line -Status 'STEP' -Text ('{0} {1}: {2}' -f $Step.Order, $Step.Kind, $Step.Title)
    Assert-Seal -Bundle $Bundle
    Assert-LocalSession
    Assert-Elevation
    $script:Step.Host = Get-HostName
}

function Write-Line {
    # .SYNOPSIS
    # Prints one line of the report and keeps it for the log.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Status,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Text
    )
    $line = '{0,-13} {1}' -f $Status, $Text
    [void]$script:Step.Lines.Add($line)
    Write-Output -InputObject $line
}

function Get-Check {
    # .SYNOPSIS
    # Makes the result of one check. -Advice makes a failure a warning.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [bool]$Passed,
        [Parameter(Mandatory = $true)] [string]$Subject,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Good,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Bad,
        [switch]$Advice
    )
    $status = 'OK'
    $text = $Good
    if (-not $Passed) {
        $status = if ($Advice) { 'WARNING' } else { 'FAILED' }
        $text = $Bad
    }
    New-Object -TypeName PSObject -Property @{ Status = $status; Text = "${Subject}: $text" }
}

function Get-Unseen {
    # .SYNOPSIS
    # Makes the result of a check that this host cannot make: a go/no-go question for a person, never a claim.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Subject,
        [Parameter(Mandatory = $true)] [string]$Question
    )
    New-Object -TypeName PSObject -Property @{ Status = 'NOT SEEN'; Text = "${Subject}: $Question" }
}

function Assert-Check {
    # .SYNOPSIS
    # Prints check results. A failed one refuses a changing step (exit 2) and is counted by a read-only one (exit 1).
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline = $true)] $Check)
    begin { $failed = 0 }
    process {
        Write-Line -Status $Check.Status -Text $Check.Text
        if ($Check.Status -eq 'FAILED') { $failed++ }
        if ($Check.Status -eq 'NOT SEEN') { $script:Step.Open++ }
    }
    end {
        $script:Step.Failed += $failed
        if ($failed -gt 0 -and @('change', 'back-out') -contains $script:Step.Kind) {
            throw "$failed check(s) did not pass; mend what the FAILED lines say and run this script again"
        }
    }
}

function Complete-Step {
    # .SYNOPSIS
    # Ends a step that came through: what was done, what comes next, the log.
    [CmdletBinding()]
    param()
    $script:Step.Code = 0
    if ($script:Step.Failed -gt 0) {
        $script:Step.Code = 1
        Write-Line -Status 'FAILED' -Text ('{0} check(s) did not pass; nothing was changed. Mend them and run this script again.' -f $script:Step.Failed)
    } elseif (@('check', 'verify') -contains $script:Step.Kind) {
        Write-Line -Status 'DONE' -Text 'every check that this host can make passed; nothing was changed'
    } elseif ($script:Step.WhatIf) {
        Write-Line -Status 'DONE' -Text 'this was -WhatIf: nothing was changed and no file was written'
    } elseif ($script:Step.Changed.Count -eq 0) {
        Write-Line -Status 'DONE' -Text 'nothing to do'
    } else {
        Write-Line -Status 'DONE' -Text ('{0} change(s)' -f $script:Step.Changed.Count)
    }
    if ($script:Step.Open -gt 0) { Write-Line -Status 'GO/NO-GO' -Text ('{0} question(s) above (NOT SEEN) are yours to answer before you go on' -f $script:Step.Open) }
    if ($script:Step.Code -eq 0 -and $script:Step.Next -ne '') { Write-Line -Status 'NEXT' -Text $script:Step.Next }
    Save-Log
}

function Write-Failure {
    # .SYNOPSIS
    # Ends a step that did not come through: exit 2 if nothing was attempted, otherwise exit 3 with what was done and the way back.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] $ErrorRecord)
    $text = $ErrorRecord.Exception.Message
    if ($ErrorRecord.Exception.GetType().Name -ne 'RuntimeException') {
        $text = '{0} (line {1} of {2})' -f $text, $ErrorRecord.InvocationInfo.ScriptLineNumber, $ErrorRecord.InvocationInfo.ScriptName
    }
    if ($script:Step.Attempted.Count -eq 0 -and -not $script:Step.Late) {
        $script:Step.Code = 2
        Write-Line -Status 'REFUSED' -Text $text
        Write-Line -Status '' -Text 'nothing was changed'
        return
    }
    $script:Step.Code = 3
    Write-Line -Status 'FAILED' -Text $text
    Write-Line -Status '' -Text ('attempted: {0}' -f (@($script:Step.Attempted) -join '; '))
    Write-Line -Status '' -Text ('done: {0}' -f (@($script:Step.Changed) -join '; '))
    Write-Line -Status 'NEXT' -Text ('mend the cause and run this script again{0}' -f $(if ($script:Step.BackOut -ne '') { ', or go back with ' + $script:Step.BackOut } else { '' }))
    Save-Log
}

function Get-StepExitCode {
    # .SYNOPSIS
    # Returns the exit code of the step.
    [CmdletBinding()]
    [OutputType([int])]
    param()
    [int]$script:Step.Code
}

