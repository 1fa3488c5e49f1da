# ---- evidence: what a way back needs: before-states, follow-up marks, attempts, exports ------------------------
# One folder a computer, on its own disk: NN-id.before.json (never overwritten), NN-id.attempts, *.due (a change needs a
# follow-up) and *.json (when the follow-up was done). -WhatIf writes none of them.

# Returns the path of an evidence file that stays on this computer.
function Get-EvidencePath {
    [CmdletBinding()] param([string]$Name)
    Join-Path -Path (Join-Path -Path $script:Step.Kept -ChildPath $script:Step.Host) -ChildPath $Name
}

# Decides where the evidence is kept: event lines go to -EvidencePath, and the rest with them, or into the bundle where that is a share.
function Initialize-Evidence {
    [CmdletBinding()] param([string]$Path)
    $script:Step.Evidence = $script:Step.Kept = $Path
    if (-not (Test-Share -Path $Path)) { return }
    $script:Step.Kept = Join-Path -Path $script:Step.Folder -ChildPath 'evidence'
    if ((Test-OldBeforeState) -and -not (Test-BeforeState)) {
        $script:Step.Kept = $Path
        Write-Line -Status 'WARNING' -Text "the before-state that an earlier version of lyncowa left on the share is used: $(Get-EvidencePath -Name "$($script:Step.Stem).before.json")"
    } elseif (@('change', 'back-out') -contains $script:Step.Kind -and (Test-Share -Path $script:Step.Kept)) {
        throw "before-states and exports must stay on this computer's own disk, and this bundle is on a share; copy the folder of the bundle to this computer and run it there"
    }
}

# Refuses a folder with the before-states of another change: a back-out would bring back what was there before that one. Versions
# up to 0.2.0 did not write which change they are of.
function Assert-EvidenceOwner {
    [CmdletBinding()] param()
    foreach ($file in @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path (Get-EvidencePath -Name 'x')) -Filter '*.before.json' -ErrorAction SilentlyContinue)) {
        # A file that cannot be read stops the step whose it is.
        $owner = try { "$(Get-PropertyValue -Subject (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($file.FullName))) -Name 'Bundle')" } catch { '' }
        if (@('', $script:Step.Bundle) -notcontains $owner) { throw "$($file.FullName) is the before-state of another change, $owner; give each change an -EvidencePath of its own" }
    }
}

# Tells whether a path leads to another computer: a UNC path, or a drive that stands for one.
function Test-Share {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path)
    if ($Path.Replace('/', '\').StartsWith('\\')) { return $true }
    foreach ($drive in @(Get-PSDrive -PSProvider 'FileSystem')) {
        # DisplayRoot is the UNC path behind a mapped drive.
        if ("$(Get-PropertyValue -Subject $drive -Name 'DisplayRoot')".StartsWith('\\') -and $Path.StartsWith($drive.Root, 'OrdinalIgnoreCase')) { return $true }
    }
    $false
}

# Makes the folder of this computer, once in a run, and lets only SYSTEM, the Administrators and the running account into it.
function Protect-KeptFolder {
    [CmdletBinding()] param()
    if ($script:Step.Protected) { return }
    $folder = Split-Path -Parent -Path (Get-EvidencePath -Name 'x')
    [void](New-Item -ItemType Directory -Force -Path $folder)
    $owners = @(@('S-1-5-18', 'S-1-5-32-544', $script:Step.Sid) | Select-Object -Unique)
    # On a share there is only what version 0.2.0 left there.
    if (-not (Test-Share -Path $folder) -and -not (Test-FolderAccess -Path $folder -Sid $owners)) {
        $grants = @($owners | ForEach-Object { "*${_}:(OI)(CI)F" })
        # /reset takes away the entries of other accounts, /inheritance:r those of the folders above (Microsoft's page icacls).
        [void](& 'C:\Windows\System32\icacls.exe' $folder /reset /T /C /Q)
        [void](& 'C:\Windows\System32\icacls.exe' $folder /inheritance:r /grant:r @grants /Q)
        if (-not (Test-FolderAccess -Path $folder -Sid $owners)) {
            throw "the access to $folder cannot be restricted to SYSTEM, the Administrators and $($script:Step.Account), and what is kept there can hold secrets; use an -EvidencePath on an NTFS disk of this computer"
        }
    }
    $script:Step.Protected = $true
}

# Tells whether the access list of a folder holds these accounts, fully, and nothing else, also nothing inherited.
function Test-FolderAccess {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path, [string[]]$Sid)
    # /save writes the list as SDDL in UTF-16, whatever the language of Windows; its usual output has localised names.
    $file = Join-Path -Path $Path -ChildPath 'access.tmp'
    [void](& 'C:\Windows\System32\icacls.exe' $Path /save $file /Q)
    if ($LASTEXITCODE -ne 0 -or -not (Test-Path -LiteralPath $file)) { return $false }
    $text = [Text.Encoding]::Unicode.GetString([IO.File]::ReadAllBytes($file))
    Remove-Item -LiteralPath $file
    if ($text -notmatch 'D:([A-Z]*)((?:\([^)]*\))+)' -or -not $Matches[1].Contains('P')) { return $false }
    # SY, BA and LA are how SDDL writes SYSTEM, the Administrators and the account with the number 500.
    $short = @{ 'S-1-5-18' = 'SY'; 'S-1-5-32-544' = 'BA' }
    $wanted = @($Sid | ForEach-Object { if ($short.ContainsKey($_)) { $short[$_] } elseif ($_ -like '*-500') { 'LA' } else { $_ } })
    $found = @([regex]::Matches($Matches[2], '\(([^)]*)\)') | ForEach-Object { $_.Groups[1].Value })
    @($found | Where-Object { $_ -notmatch '^A;OICI;FA;;;(.+)$' -or @($wanted + $Sid) -notcontains $Matches[1] }).Count -eq 0 -and $found.Count -eq $wanted.Count
}

# Writes an evidence file whole or not at all: to a temporary file first, then renamed.
function Save-Evidence {
    [CmdletBinding()] param([string]$Name, [byte[]]$Byte)
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name $Name
    Protect-KeptFolder
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

# Tells whether the state before a step is on the share: versions up to 0.2.0 kept everything in -EvidencePath.
function Test-OldBeforeState {
    [CmdletBinding()] param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath "$Stem.before.json") -PathType Leaf
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
    foreach ($entry in $added) {
        $kept[$entry.Key] = $entry.Value
        Write-Event -Status 'BEFORE' -Text "$($entry.Key): $(ConvertTo-Json -InputObject $entry.Value -Depth 8 -Compress)"
    }
    Assert-Event
    if ($added.Count -gt 0) { Save-Evidence -Name $name -Byte (Get-JsonByte -Value @{ FormatVersion = 1; Bundle = $script:Step.Bundle; Host = $script:Step.Host; Step = $script:Step.Stem; State = $kept }) }
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
    # A back-out keeps its own list: its attempts do not prove what the step did.
    $list = if ($script:Step.Kind -eq 'back-out') { 'back-out-attempts' } else { 'attempts' }
    Protect-KeptFolder
    [IO.File]::AppendAllText((Get-EvidencePath -Name "$($script:Step.Stem).$list"), "$Target`r`n")
    $script:Step.Attempted += $Target
}

# Tells whether the step ever attempted that target on this computer; without -Target, anything at all.
function Test-Attempt {
    [CmdletBinding()] [OutputType([bool])] param([string]$Target = '')
    $path = Get-EvidencePath -Name "$($script:Step.Stem).attempts"
    (Test-Path -LiteralPath $path -PathType Leaf) -and ($Target -eq '' -or @([IO.File]::ReadAllLines($path)) -contains $Target)
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
