# ---- events: what happens, one JSON line an event, on disk before the script goes on ---------------------------
# <EvidencePath>/<host>/events.jsonl holds the lines of every run on this computer, also of other scripts. -WhatIf writes none.

# Begins the event lines of this run. Enter-Step calls it after the seal, so a broken seal leaves no line.
function Open-EventLine {
    [CmdletBinding()] param([hashtable]$Step)
    # /user gives the account's name and SID (Microsoft's page whoami).
    $account = & 'C:\Windows\System32\whoami.exe' /user /fo csv /nh | ConvertFrom-Csv -Header 'Name', 'Sid'
    $script:Step.Account, $script:Step.Sid = [string]$account.Name, [string]$account.Sid
    $script:Step.Host = Get-HostName
    $script:Step.Digest = Get-SealedHash -Path (Join-Path -Path $script:Step.Folder -ChildPath 'SHA256SUMS')
    $script:Step.Run = '{0}-{1:x8}' -f (Get-Date).ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture), (Get-Random)
    Write-Event -Status 'START' -Text $Step.Title
}

# Writes one event line. A line that cannot be written is remembered: Assert-Event refuses a change then, and the end warns.
function Write-Event {
    [CmdletBinding()] param([string]$Status, [string]$Text, $ExitCode = $null)
    if ($script:Step.Run -eq '' -or $script:Step.WhatIf) { return }
    $script:Step.Line++
    # The keys and their order are those that lyncowa evidence reads.
    $line = ConvertTo-Json -Compress -InputObject ([ordered]@{
            run = $script:Step.Run; line = $script:Step.Line
            time = (Get-Date).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
            host = $script:Step.Host; account = $script:Step.Account; digest = $script:Step.Digest; script = $script:Step.Script
            status = $Status; text = $Text; exitCode = $ExitCode
        })
    # A scanner or a backup can hold the file for a moment.
    $attempts = if ($script:Step.Unwritten -eq '') { 3 } else { 1 }
    for ($attempt = 1; $attempt -le $attempts; $attempt++) {
        try {
            Add-EventLine -Path (Get-EventPath) -Line $line
            return
        } catch {
            $reason = $_.Exception.GetBaseException().Message
            if ($attempt -lt $attempts) { Start-Sleep -Seconds 1 }
        }
    }
    $script:Step.Unwritten = $reason
}

# Returns the path of the event lines of this computer.
function Get-EventPath {
    [CmdletBinding()] param()
    Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath 'events.jsonl'
}

# Appends a line to a file and flushes it to the disk. After a line that a crash cut off it begins a new one.
function Add-EventLine {
    [CmdletBinding()] param([string]$Path, [string]$Line)
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $Path))
    $stream = [IO.File]::Open($Path, 'OpenOrCreate', 'ReadWrite', 'Read')
    try {
        $text = "$Line`r`n"
        if ($stream.Length -gt 0) {
            [void]$stream.Seek(-1, 'End')
            if ($stream.ReadByte() -ne 10) { $text = "`r`n$text" }
        }
        $bytes = [Text.Encoding]::UTF8.GetBytes($text)
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    } finally {
        $stream.Dispose()
    }
}

# Returns the lines of a file that another computer may be writing to; nothing where there is none.
function Read-EventLine {
    [CmdletBinding()] param([string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
    try {
        $bytes = New-Object -TypeName byte[] -ArgumentList $stream.Length
        $count = $stream.Read($bytes, 0, $bytes.Length)
    } finally {
        $stream.Dispose()
    }
    [Text.Encoding]::UTF8.GetString($bytes, 0, $count) -split '\r?\n'
}

# Refuses to go on to a change where an event line is missing: a change whose evidence cannot be written does not happen.
function Assert-Event {
    [CmdletBinding()] param()
    if ($script:Step.Unwritten -eq '') { return }
    # A guided run can have run other scripts before: exit 3.
    $script:Step.Late = $script:Step.Late -or $script:Step.Changed.Count -gt 0
    throw "the evidence of this run cannot be written to $(Get-EventPath): $($script:Step.Unwritten)"
}

# Ends the event lines of this run. The result stays what it is, even where lines are missing.
function Close-EventLine {
    [CmdletBinding()] param()
    Write-Event -Status 'END' -ExitCode $script:Step.Code
    if ($script:Step.Unwritten -ne '') { Write-Line -Status 'WARNING' -Text "lines of this run are missing in $(Get-EventPath): $($script:Step.Unwritten)" }
}
