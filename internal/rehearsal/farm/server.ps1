# The engine's side of a rehearsal: reads requests from standard input, one a line, answers on standard output.
# A line is base64 of UTF-8 JSON, so that neither the console's code page nor a line end can alter it.
#   {"op":"hello"}                       -> the engine's version, and whether this computer could reach a real farm
#   {"op":"list","files":[...]}          -> what the scripts are made of, by the engine's parser (list.ps1)
#   {"op":"run",...}                     -> one script or command in a fresh runspace (run.ps1)
# While a script runs, its stand-ins speak over the same two streams (wire.ps1).
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# The engine's own modules, and from here on no other comes by itself.
Import-Module -Name Microsoft.PowerShell.Management, Microsoft.PowerShell.Utility
$PSModuleAutoLoadingPreference = 'None'

$folder = Split-Path -Parent $MyInvocation.MyCommand.Path
foreach ($part in 'wire', 'list', 'session', 'run') { . (Join-Path $folder "$part.ps1") }
$ProgressPreference = 'SilentlyContinue' # importing a session reports progress
Add-ExchangeType

# The traces of real management tools or of a real server: a rehearsal is not for such a computer.
function Find-RealFarm {
    Get-Command -Name Get-CsSite, Get-OwaVirtualDirectory, Get-ExchangeServer -ErrorAction SilentlyContinue |
        ForEach-Object { $_.Name }
    Get-Module -ListAvailable -Name Lync, SkypeForBusiness -ErrorAction SilentlyContinue | ForEach-Object { $_.Name }
    if ($env:ExchangeInstallPath) { '$env:ExchangeInstallPath' }
    foreach ($key in 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Setup', 'HKLM:\SOFTWARE\Microsoft\Real-Time Communications') {
        if (@(Get-PSDrive -Name HKLM -ErrorAction SilentlyContinue).Count -gt 0 -and (Test-Path -LiteralPath $key)) { $key }
    }
}

while ($true) {
    $line = [Console]::In.ReadLine()
    if ($null -eq $line) { break }
    $request = ConvertFrom-Wire $line
    try {
        $answer = switch ($request.op) {
            'hello' { @{ version = $PSVersionTable.PSVersion.ToString(); realFarm = @(Find-RealFarm) } }
            'list' { @{ scripts = @($request.files | ForEach-Object { Get-ScriptList $_ }) } }
            'run' { Invoke-Run $request $folder }
        }
    } catch {
        $answer = @{ broken = "$($_.Exception.Message) ($($_.ScriptStackTrace))" }
    }
    $answer['event'] = 'answer'
    Write-Wire $answer
}
