# ---- evidence: before-states, follow-up marks, attempts, log --------------------------------------------------
# One folder a computer: NN-id.before.json (never overwritten), NN-id.attempts, NN-id.log, *.due (a change needs a
# follow-up) and *.json (when the follow-up was done). -WhatIf writes none of them.

# Returns the path of an evidence file of this computer.
function Get-EvidencePath {
    [CmdletBinding()] param([string]$Name)
    Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath $Name
}

# Writes an evidence file whole or not at all: to a temporary file first, then renamed.
function Save-Evidence {
    [CmdletBinding()] param([string]$Name, [byte[]]$Byte)
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name $Name
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::WriteAllBytes("$path.tmp", $Byte)
    if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.tmp", $path, [NullString]::Value) } else { [IO.File]::Move("$path.tmp", $path) }
}

# Returns an object as the bytes of a JSON text.
function Get-JsonByte {
    [CmdletBinding()] [OutputType([byte[]])] param($Value)
    [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Value -Depth 8))
}

# Tells whether this change has captured the state before a step on this computer.
function Test-BeforeState {
    [CmdletBinding()] param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Get-EvidencePath -Name "$Stem.before.json") -PathType Leaf
}

# Captures what each object was (name -> state) before its first change. A later run adds objects and overwrites none.
function Save-BeforeState {
    [CmdletBinding()] param([hashtable]$State)
    if ($script:Step.WhatIf) { return }
    $name = "$($script:Step.Stem).before.json"
    $kept = @{}
    if (Test-BeforeState) { $kept = Read-BeforeState }
    # By enumerator: an object may be called Keys or Count.
    $added = @($State.GetEnumerator() | Where-Object { -not $kept.ContainsKey($_.Key) })
    foreach ($entry in $added) { $kept[$entry.Key] = $entry.Value }
    if ($added.Count -gt 0) { Save-Evidence -Name $name -Byte (Get-JsonByte -Value @{ FormatVersion = 1; Host = $script:Step.Host; Step = $script:Step.Stem; State = $kept }) }
    $earlier = @($kept.GetEnumerator()).Count - $added.Count
    Write-Line -Status 'OK' -Text "before-state: $($added.Count) captured now, $earlier kept from an earlier run, in $(Get-EvidencePath -Name $name)"
}

# Returns the captured state (name -> state). Refuses where there is none, because then nothing says what was there before.
function Read-BeforeState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $path = Get-EvidencePath -Name "$($script:Step.Stem).before.json"
    if (-not (Test-BeforeState)) {
        throw "there is no before-state of step $($script:Step.Order) on $($script:Step.Host) ($path); use the computer and the -EvidencePath of the step. If they are lost, the change record has the way back by hand"
    }
    $state = @{}
    foreach ($property in (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).State.PSObject.Properties) { $state[$property.Name] = $property.Value }
    $state
}

# Marks a follow-up as due, before the change that makes it due.
function Add-Mark {
    [CmdletBinding()] param([string]$Name)
    $script:Step.Due += $Name
    Save-Evidence -Name "$Name.due" -Byte (Get-JsonByte -Value @{ Mark = $Name; Step = $script:Step.Stem })
}

# Tells whether a follow-up is due.
function Test-Mark {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name)
    $script:Step.Due -contains $Name -or (Test-Path -LiteralPath (Get-EvidencePath -Name "$Name.due") -PathType Leaf)
}

# Clears the mark of a follow-up.
function Clear-Mark {
    [CmdletBinding()] param([string]$Name)
    $script:Step.Due = @($script:Step.Due | Where-Object { $_ -ne $Name })
    $path = Get-EvidencePath -Name "$Name.due"
    if (-not $script:Step.WhatIf -and (Test-Path -LiteralPath $path)) { Remove-Item -LiteralPath $path }
}

# Notes, before a change, what is about to be changed: a back-out takes back only what this change attempted.
function Add-Attempt {
    [CmdletBinding()] param([string]$Target)
    $script:Step.Attempted += $Target
    # A back-out keeps its own list: its attempts do not prove what the step did.
    $list = if ($script:Step.Kind -eq 'back-out') { 'back-out-attempts' } else { 'attempts' }
    $path = Get-EvidencePath -Name "$($script:Step.Stem).$list"
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::AppendAllText($path, "$Target`r`n")
}

# Tells whether the step ever attempted that target on this computer; without -Target, anything at all.
function Test-Attempt {
    [CmdletBinding()] [OutputType([bool])] param([string]$Target = '')
    $path = Get-EvidencePath -Name "$($script:Step.Stem).attempts"
    (Test-Path -LiteralPath $path -PathType Leaf) -and ($Target -eq '' -or @([IO.File]::ReadAllLines($path)) -contains $Target)
}

# Appends the lines of this run to the log of the step. A refused run leaves no file; a log that cannot be written changes no result.
function Save-Log {
    [CmdletBinding()] param()
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name "$($script:Step.Stem).log"
    $heading = '---- {0} {1} exit {2}' -f (Get-Date).ToUniversalTime().ToString('s'), $script:Step.Kind, $script:Step.Code
    try {
        [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
        [IO.File]::AppendAllText($path, (@($heading) + @($script:Step.Lines) -join "`r`n") + "`r`n")
    } catch {
        Write-Line -Status 'WARNING' -Text "the log could not be written: $($_.Exception.Message)"
    }
}

# Archives the evidence of a step that was backed out, the before-state last: an interrupted back-out can be run again.
function Move-EvidenceToArchive {
    [CmdletBinding()] param()
    if ($script:Step.WhatIf) { return }
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)")) { $number++ }
    $archive = Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)"
    [void](New-Item -ItemType Directory -Force -Path $archive)
    $files = @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path $archive) -Filter "$($script:Step.Stem).*" | Where-Object { -not $_.PSIsContainer -and $_.Name -notlike '*.log' })
    foreach ($file in @($files | Sort-Object -Property { $_.Name -like '*.before.json' })) { Move-Item -LiteralPath $file.FullName -Destination $archive }
    Write-Line -Status 'OK' -Text "evidence archived: $archive"
}
