# ---- evidence -----------------------------------------------------------------------------------------------
# Below the evidence folder, one folder a host: NN-id.before.json (never overwritten), NN-id.attempts, NN-id.log
# and *.due, a mark that a change needs a follow-up. Under -WhatIf none of this is written.

function Get-EvidencePath {
    # .SYNOPSIS
    # Returns the path of an evidence file of this host.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath $Name
}

function Save-Evidence {
    # .SYNOPSIS
    # Writes an evidence file whole or not at all: to a temporary file first, then renamed.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [byte[]]$Byte
    )
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name $Name
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::WriteAllBytes("$path.tmp", $Byte)
    if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.tmp", $path, [NullString]::Value) } else { [IO.File]::Move("$path.tmp", $path) }
}

function Get-JsonByte {
    # .SYNOPSIS
    # Returns an object as the bytes of a JSON text.
    [CmdletBinding()]
    [OutputType([byte[]])]
    param([Parameter(Mandatory = $true)] $Value)
    [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Value -Depth 8))
}

function Test-BeforeState {
    # .SYNOPSIS
    # Tells whether this change has captured the state before the step on this host.
    [CmdletBinding()]
    [OutputType([bool])]
    param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Get-EvidencePath -Name "$Stem.before.json") -PathType Leaf
}

function Save-BeforeState {
    <#
    .SYNOPSIS
    Captures the state before the first change of each object on this host. A later run adds objects, and never overwrites one.
    .PARAMETER State
    Object name -> what it was.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$State)
    if ($script:Step.WhatIf) { return }
    $name = "$($script:Step.Stem).before.json"
    $kept = @{}
    if (Test-BeforeState) { $kept = Read-BeforeState }
    # By enumerator: an object may be called Keys or Count.
    $added = @($State.GetEnumerator() | Where-Object { -not $kept.ContainsKey($_.Key) })
    foreach ($entry in $added) { $kept[$entry.Key] = $entry.Value }
    if ($added.Count -gt 0) { Save-Evidence -Name $name -Byte (Get-JsonByte -Value @{ FormatVersion = 1; Host = $script:Step.Host; Step = $script:Step.Stem; State = $kept }) }
    Write-Line -Status 'OK' -Text ('before-state: {0} captured now, {1} kept from an earlier run, in {2}' -f $added.Count, (@($kept.GetEnumerator()).Count - $added.Count), (Get-EvidencePath -Name $name))
}

function Read-BeforeState {
    # .SYNOPSIS
    # Returns the captured state, object name -> what it was; refuses where there is none, because then nothing says what was there before.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $path = Get-EvidencePath -Name "$($script:Step.Stem).before.json"
    if (-not (Test-BeforeState)) { throw "there is no before-state of this step on $($script:Step.Host) ($path), so nothing says what to go back to; was the step run here, with this -EvidencePath?" }
    $state = @{}
    foreach ($property in (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).State.PSObject.Properties) { $state[$property.Name] = $property.Value }
    $state
}

function Add-Mark {
    # .SYNOPSIS
    # Marks a follow-up as due, before the change that makes it due.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due += $Name
    Save-Evidence -Name "$Name.due" -Byte (Get-JsonByte -Value @{ Mark = $Name; Step = $script:Step.Stem })
}

function Test-Mark {
    # .SYNOPSIS
    # Tells whether a follow-up is due.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due -contains $Name -or (Test-Path -LiteralPath (Get-EvidencePath -Name "$Name.due") -PathType Leaf)
}

function Clear-Mark {
    # .SYNOPSIS
    # Clears the mark after the follow-up was done.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due = @($script:Step.Due | Where-Object { $_ -ne $Name })
    $path = Get-EvidencePath -Name "$Name.due"
    if (-not $script:Step.WhatIf -and (Test-Path -LiteralPath $path)) { Remove-Item -LiteralPath $path }
}

function Add-Attempt {
    # .SYNOPSIS
    # Notes, before a change, what is about to be changed: a back-out removes only what this change attempted.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Target)
    $script:Step.Attempted += $Target
    # The way back keeps its own list: its attempts are no proof of what the way forward did.
    $list = if ($script:Step.Kind -eq 'back-out') { 'back-out-attempts' } else { 'attempts' }
    $path = Get-EvidencePath -Name "$($script:Step.Stem).$list"
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::AppendAllText($path, "$Target`r`n")
}

function Test-Attempt {
    # .SYNOPSIS
    # Tells whether the way forward ever attempted that target on this host; without -Target, anything at all.
    [CmdletBinding()]
    [OutputType([bool])]
    param([string]$Target = '')
    $path = Get-EvidencePath -Name "$($script:Step.Stem).attempts"
    (Test-Path -LiteralPath $path -PathType Leaf) -and ($Target -eq '' -or @([IO.File]::ReadAllLines($path)) -contains $Target)
}

function Save-Log {
    # .SYNOPSIS
    # Appends the lines of this run to the log of the step. A refused run leaves no file behind; a log that cannot be written changes no result.
    [CmdletBinding()]
    param()
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

function Move-EvidenceToArchive {
    # .SYNOPSIS
    # Archives the evidence of a step that was backed out, the before-state last, so that a broken-off back-out can be run again.
    [CmdletBinding()]
    param()
    if ($script:Step.WhatIf) { return }
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)")) { $number++ }
    $archive = Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)"
    [void](New-Item -ItemType Directory -Force -Path $archive)
    $files = @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path $archive) -Filter "$($script:Step.Stem).*" | Where-Object { -not $_.PSIsContainer -and $_.Name -notlike '*.log' })
    foreach ($file in @($files | Sort-Object -Property { $_.Name -like '*.before.json' })) {
        Move-Item -LiteralPath $file.FullName -Destination $archive
    }
    Write-Line -Status 'OK' -Text "evidence archived: $archive"
}

