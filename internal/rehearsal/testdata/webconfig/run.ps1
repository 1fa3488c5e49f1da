<#
.SYNOPSIS
Runs the web.config functions of the bundle's module on copies of the samples and prints what came out as JSON.
.DESCRIPTION
Judges nothing: the Go test compares. One object a sample and culture: bytes in Base64 after the edit, after a second
edit and after the captured values were put back, or the sentence of a refusal. Then the troubles of saving.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string]$Module, [Parameter(Mandatory = $true)] [string]$Folder)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
. ([scriptblock]::Create([IO.File]::ReadAllText($Module)))

$wanted = @{ IMServerName = 'atl-cs-001.litwareinc.com'; IMCertificateThumbprint = 'EA5A332496CC05DA69B75B66111C0F78A110D22D' }

function ConvertTo-Line {
    # .SYNOPSIS
    # One JSON object in one line.
    param([object]$Result)
    ConvertTo-Json -InputObject $Result -Compress
}

function Get-Sentence {
    # .SYNOPSIS
    # The sentence that a script block throws, or ''.
    param([scriptblock]$Do)
    try { & $Do | Out-Null; '' } catch { $_.Exception.Message }
}

function Step-Setting {
    # .SYNOPSIS
    # Reads, edits and saves the file; returns its bytes in Base64 and the values found before.
    param([string]$Path, [hashtable]$Setting)
    $config = Read-WebConfig -Path $Path
    Save-WebConfig -Config $config -Byte (Edit-WebConfig -Config $config -Setting $Setting)
    @{ Before = $config.Setting; Bytes = [Convert]::ToBase64String([IO.File]::ReadAllBytes($Path)) }
}

foreach ($culture in '', 'tr-TR') {
    [Threading.Thread]::CurrentThread.CurrentCulture = New-Object -TypeName Globalization.CultureInfo -ArgumentList $culture
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter '*.config' | Sort-Object -Property Name) {
        $original = [IO.File]::ReadAllBytes($file.FullName)
        $result = @{ name = $file.BaseName; culture = $culture; refused = ''; edited = ''; again = ''; restored = ''; before = @{} }
        try {
            $first = Step-Setting -Path $file.FullName -Setting $wanted
            $result.edited = $first.Bytes
            $result.before = $first.Before
            $result.again = (Step-Setting -Path $file.FullName -Setting $wanted).Bytes
            $result.restored = (Step-Setting -Path $file.FullName -Setting $first.Before).Bytes
        }
        catch { $result.refused = $_.Exception.Message }
        $result.untouched = [Convert]::ToBase64String([IO.File]::ReadAllBytes($file.FullName)) -eq [Convert]::ToBase64String($original)
        [IO.File]::WriteAllBytes($file.FullName, $original)
        ConvertTo-Line -Result $result
    }
}

# Troubles of saving, each on a fresh file.
$path = Join-Path -Path $Folder -ChildPath 'saving.config'
$plain = [Text.Encoding]::ASCII.GetBytes("<configuration>`n  <appSettings>`n  </appSettings>`n</configuration>`n")
$troubles = @{
    'missing'            = { [IO.File]::Delete($path); Read-WebConfig -Path $path }
    'missing obstacle'   = { [IO.File]::Delete($path); throw (Get-WebConfigObstacle -Path $path) }
    'no obstacle'        = { if (Get-WebConfigObstacle -Path $path) { throw 'an obstacle' } }
    'read-only obstacle' = { [IO.File]::SetAttributes($path, 'ReadOnly'); throw (Get-WebConfigObstacle -Path $path) }
    'read-only save'     = { $config = Read-WebConfig -Path $path; [IO.File]::SetAttributes($path, 'ReadOnly'); Save-WebConfig -Config $config -Byte $plain }
    'in use obstacle'    = { $held = [IO.File]::Open($path, 'Open', 'ReadWrite', 'None'); try { throw (Get-WebConfigObstacle -Path $path) } finally { $held.Dispose() } }
    'in use read'        = { $held = [IO.File]::Open($path, 'Open', 'ReadWrite', 'None'); try { Read-WebConfig -Path $path } finally { $held.Dispose() } }
    'in use save'        = {
        $config = Read-WebConfig -Path $path
        $held = [IO.File]::Open($path, 'Open', 'ReadWrite', 'None')
        try { Save-WebConfig -Config $config -Byte (Edit-WebConfig -Config $config -Setting $wanted) } finally { $held.Dispose() }
    }
    'changed meanwhile'  = { $config = Read-WebConfig -Path $path; $config.Bytes = $plain[0..9]; Save-WebConfig -Config $config -Byte $plain }
    'no temporary file'  = {
        $config = Read-WebConfig -Path $path
        [void][IO.Directory]::CreateDirectory("$path.lyncowa.tmp")
        try { Save-WebConfig -Config $config -Byte $plain } finally { [IO.Directory]::Delete("$path.lyncowa.tmp") }
    }
    'left temporary'     = { [IO.File]::WriteAllText("$path.lyncowa.tmp", 'left by a crash'); [void](Step-Setting -Path $path -Setting $wanted) }
    'one key only'       = {
        [void](Step-Setting -Path $path -Setting @{ IMServerName = 'a&b' })
        if ((Read-WebConfig -Path $path).Setting.IMServerName -cne 'a&b') { throw 'not written' }
    }
    'not Latin-1'        = { [void](Step-Setting -Path $path -Setting @{ IMServerName = [string][char]0x200E }) }
}
foreach ($name in $troubles.Keys | Sort-Object) {
    [IO.File]::WriteAllBytes($path, $plain)
    $sentence = Get-Sentence -Do $troubles[$name]
    $left = [IO.File]::Exists("$path.lyncowa.tmp")
    if ([IO.File]::Exists($path)) { [IO.File]::SetAttributes($path, 'Normal') }
    $kept = [IO.File]::Exists($path) -and [IO.File]::ReadAllText($path) -eq [Text.Encoding]::ASCII.GetString($plain)
    ConvertTo-Line -Result @{ trouble = $name; sentence = $sentence; kept = $kept; left = $left }
}

# A file of 200 KB: milliseconds for read and edit.
$large = '<configuration>' + "`r`n  <appSettings>`r`n" + ("    <add key=`"a.long.name.of.a.setting`" value=`"some value`" />`r`n" * 3400) + "  </appSettings>`r`n</configuration>"
[IO.File]::WriteAllText($path, $large)
$watch = [Diagnostics.Stopwatch]::StartNew()
[void](Step-Setting -Path $path -Setting $wanted)
ConvertTo-Line -Result @{ large = $large.Length; milliseconds = $watch.ElapsedMilliseconds }
