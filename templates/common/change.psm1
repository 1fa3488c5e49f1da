# ---- change: the one door through which anything is changed ---------------------------------------------------

# Asks -WhatIf and -Confirm of the calling script whether a change may be made; if so, notes the follow-up and the attempt.
function Confirm-Change {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The preferences that count are those of the calling script, so its cmdlet is asked.')]
    [CmdletBinding()] [OutputType([bool])] param([string]$Target, [string]$Action, [string[]]$Mark = @())
    # ShouldProcess takes a preference of the shell from the scope that calls it, and this module has its own.
    $WhatIfPreference = $script:Step.WhatIf
    $ConfirmPreference = $script:Step.Confirm
    $may = $script:Step.Cmdlet.ShouldProcess($Target, $Action) -and -not $script:Step.WhatIf
    if (-not $may -and -not $script:Step.WhatIf) { throw "${Target}: declined at the prompt" }
    if ($may) {
        Write-Event -Status 'ATTEMPT' -Text $Target
        Assert-Event
    }
    # Marked before the change: a crash right after it must not lose the follow-up.
    foreach ($name in $Mark) { Add-Mark -Name $name }
    if ($may) { Add-Attempt -Target $Target }
    $may
}

# Changes something where -Test says that it differs, asks ShouldProcess before and reads back after. -Mark names the
# follow-ups that this change makes due.
function Invoke-Change {
    [CmdletBinding()] param([string]$Target, [string]$Action, [scriptblock]$Test, [scriptblock]$Change, [string[]]$Mark = @())
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

# Does what an earlier change made due, once. Clears the mark afterwards and notes when it was done.
function Invoke-FollowUp {
    [CmdletBinding()] param([string]$Mark, [string]$Target, [string]$Action, [scriptblock]$Change)
    if (-not (Test-Mark -Name $Mark)) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    $begin = (Get-Date).ToUniversalTime()
    [void](& $Change)
    Save-Evidence -Name "$Mark.json" -Byte (Get-JsonByte -Value @{ DoneAt = $begin.ToString('s') + 'Z' })
    Clear-Mark -Name $Mark
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}

# Returns when this change last did a follow-up on this computer; $null when it never did.
function Get-FollowUpTime {
    [CmdletBinding()] [OutputType([datetime])] param([string]$Mark)
    $path = Get-EvidencePath -Name "$Mark.json"
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    # ConvertFrom-Json makes a date of it in some versions and leaves the text in others.
    $value = (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).DoneAt
    if ($value -is [datetime]) { return $value.ToLocalTime() }
    ConvertFrom-TimeText -Text ([string]$value)
}
