# ---- seal: is this the bundle that was approved? --------------------------------------------------------------

# Returns the SHA-256 of a file in lower-case hex. A trailing Authenticode block of a script does not count.
function Get-SealedHash {
    [CmdletBinding()] [OutputType([string])] param([string]$Path)
    $bytes = [IO.File]::ReadAllBytes($Path)
    if ($Path -match '\.psm?1$') {
        $latin1 = [Text.Encoding]::GetEncoding(28591)
        $block = '\r\n# SIG # Begin signature block\r\n(# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z'
        $bytes = $latin1.GetBytes([regex]::Replace($latin1.GetString($bytes), $block, ''))
    }
    # SHA256.Create() fails under a FIPS policy.
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    [BitConverter]::ToString($sha256.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}

# Refuses a bundle with an edited, missing or additional file. The script has checked SHA256SUMS and this module before.
function Assert-Seal {
    [CmdletBinding()] param([string]$Folder)
    $wrong = @()
    $sealed = @{}
    foreach ($line in [IO.File]::ReadAllLines((Join-Path -Path $Folder -ChildPath 'SHA256SUMS'))) {
        if ($line -cnotmatch '^([0-9a-f]{64})  ([^\\]+)$') { throw "SHA256SUMS holds a line that is not a sum: '$line'; copy the approved bundle again" }
        $sealed[$Matches[2]] = $Matches[1]
    }
    foreach ($name in @($sealed.Keys | Sort-Object)) {
        $path = Join-Path -Path $Folder -ChildPath $name
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) {
            $wrong += "missing: $name"
        } elseif ((Get-SealedHash -Path $path) -cne $sealed[$name]) {
            $wrong += "edited: $name"
        }
    }
    foreach ($part in @('scripts', 'back-out')) {
        $path = Join-Path -Path $Folder -ChildPath $part
        if (-not (Test-Path -LiteralPath $path -PathType Container)) { continue }
        foreach ($file in @(Get-ChildItem -LiteralPath $path -Recurse -Force | Where-Object { -not $_.PSIsContainer })) {
            $name = $part + $file.FullName.Substring((Get-Item -LiteralPath $path -Force).FullName.Length).Replace('\', '/')
            if (@($sealed.Keys) -cnotcontains $name) { $wrong += "additional: $name" }
        }
    }
    # The usual accident: the approval was filled in, and nothing else differs.
    $pages = @('approval.md', 'approval.html' | Where-Object { $wrong -ccontains "edited: $_" })
    if ($pages.Count -gt 0 -and $pages.Count -eq $wrong.Count) { throw "$($pages -join ', '): written on: copy the approved bundle again; keep filled-in copies in the ticket or in evidence" }
    if ($wrong.Count -gt 0) { throw "this bundle is not the one that was approved ($($wrong -join ', ')); copy the approved bundle again" }
}
