# ---- change -------------------------------------------------------------------------------------------------

function Confirm-Change {
    # .SYNOPSIS
    # Asks -WhatIf and -Confirm of the calling script whether a change may be made; if so, notes the follow-up and the attempt.
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The preferences that count are those of the calling script, so its cmdlet is asked.')]
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [string[]]$Mark = @()
    )
    $may = $script:Step.Cmdlet.ShouldProcess($Target, $Action)
    if (-not $may -and -not $script:Step.WhatIf) { throw "${Target}: declined at the prompt" }
    # Marked before the change: a crash right after it must not lose the follow-up.
    foreach ($name in $Mark) { Add-Mark -Name $name }
    if ($may) { Add-Attempt -Target $Target }
    $may
}

function Invoke-Change {
    <#
    .SYNOPSIS
    The one door for changes: acts only where -Test says that the state differs, asks ShouldProcess, reads back.
    .PARAMETER Mark
    The follow-ups that this change makes due; marked before the change.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [Parameter(Mandatory = $true)] [scriptblock]$Test,
        [Parameter(Mandatory = $true)] [scriptblock]$Change,
        [string[]]$Mark = @()
    )
    if (& $Test) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action -Mark $Mark)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    [void](& $Change)
    if (-not (& $Test)) { throw "${Target}: changed, but reading it back does not show: $Action" }
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}

function Invoke-FollowUp {
    # .SYNOPSIS
    # Does what an earlier change made due, once, and clears the mark afterwards.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Mark,
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [Parameter(Mandatory = $true)] [scriptblock]$Change
    )
    if (-not (Test-Mark -Name $Mark)) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    [void](& $Change)
    Clear-Mark -Name $Mark
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}

