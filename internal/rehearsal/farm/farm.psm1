# A simulated Lync and Exchange farm. The stand-ins (generated from the cmdlet facts) check parameters by the engine's
# own binder and then come here. The farm's whole state is one object, $script:Farm, which the driver sends before a
# script runs and gets back afterwards; the farm keeps nothing else, on disk or in memory.
#   $script:Behaviour   name of a cmdlet -> what it does: { param($Bound, $Cmdlet) ... }
#   $script:Session     host (FQDN), hostFolder (its files), webConfig (path or ''), journal and remote (bool)
Set-StrictMode -Version 2.0

$script:Farm = $null
$script:Session = $null
$script:Behaviour = @{}

. (Join-Path $PSScriptRoot 'wire.ps1')
. (Join-Path $PSScriptRoot 'mutation.ps1')
. (Join-Path $PSScriptRoot 'known-servers.ps1')
. (Join-Path $PSScriptRoot 'lync.ps1')
. (Join-Path $PSScriptRoot 'exchange.ps1')
. (Join-Path $PSScriptRoot 'override.ps1')
. (Join-Path $PSScriptRoot 'host.ps1')

function Enter-Farm {
    param($Farm, $Session)
    $script:Farm = $Farm
    $script:Session = $Session
    $script:FileStamp = Get-FileStamp
}

function Exit-Farm { $script:Farm }

# What every stand-in's body calls.
function Invoke-Behaviour {
    param([string]$Name, $Bound, $Cmdlet)
    Send-FileChange
    & $script:Behaviour[$Name] $Bound $Cmdlet
}

# The one object of a list whose property has that value; $null when there is none.
function Find-Object {
    param($List, [string]$Property, $Value)
    foreach ($item in $List) { if ($item.$Property -eq $Value) { return $item } }
}

# A copy that shares nothing with the original.
function Copy-State {
    param($Value)
    (ConvertTo-Json -InputObject @{ copy = $Value } -Depth 20 -Compress | ConvertFrom-Json).copy
}

# An error as the real cmdlets give it: it stops the script only under -ErrorAction Stop.
function Write-CmdletError {
    param($Cmdlet, [string]$Id, [string]$Message)
    $Cmdlet.WriteError((New-ErrorRecord $Id $Message $Cmdlet))
}

function New-ErrorRecord {
    param([string]$Id, [string]$Message, $Target)
    $record = New-Object System.Management.Automation.ErrorRecord (New-Object System.InvalidOperationException $Message), $Id, 'InvalidOperation', $Target
    # As through remoting, where the name of the exception is all that is left of its type.
    $record.CategoryInfo.Reason = $Id
    $record
}

function Stop-Cmdlet {
    param($Cmdlet, [string]$Message)
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord 'InvalidOperation' $Message $null))
}

Export-ModuleMember -Function Enter-Farm, Exit-Farm, Invoke-Behaviour, Invoke-Program, Get-Date, Start-Sleep, Get-ItemProperty, Get-Service, Get-WinEvent, Restart-WebAppPool
