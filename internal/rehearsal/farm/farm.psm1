# A simulated Lync and Exchange farm. The stand-ins (generated from the cmdlet facts) check parameters by the engine's
# own binder and then come here. The farm's whole state is one object, $script:Farm, which the driver sends before a
# script runs and gets back afterwards; the farm keeps nothing else, on disk or in memory.
#   $script:Behaviour   name of a cmdlet -> what it does: { param($Bound, $Cmdlet) ... }
#   $script:Session     host (FQDN), hostFolder (its files), webConfig (path or ''), journal, remote, person and
#                       degraded (bool), mode ('local', 'direct' or 'remoting': session.ps1), server (of the session)
Set-StrictMode -Version 2.0

$script:Farm = $null
$script:Session = $null
$script:Behaviour = @{}

foreach ($part in 'wire', 'mutation', 'objects', 'known-servers', 'lync', 'exchange', 'override', 'host', 'access', 'console') { . (Join-Path $PSScriptRoot "$part.ps1") }

# Both ends of a remoting session hold the same two objects: they are runspaces of one process.
function Enter-Farm {
    $script:Farm, $script:Session = [AppDomain]::CurrentDomain.GetData('lyncowa.farm')
    $script:Session.fileStamp = Get-FileStamp
}

# What every stand-in's body calls.
function Invoke-Behaviour {
    param([string]$Name, $Bound, $Cmdlet)
    Send-FileChange
    $made = & $script:Behaviour[$Name] $Bound $Cmdlet
    if ($script:Session.mode -ne 'direct') { return $made }
    foreach ($one in $made) { ConvertTo-Received $one }
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

# Through remoting the name of the exception, CategoryInfo.Reason, is all that is left of its type (about_Remote_Output).
function New-ErrorRecord {
    param([string]$Id, [string]$Message, $Target)
    $record = New-Object System.Management.Automation.ErrorRecord (New-Object System.Management.Automation.RemoteException $Message), $Id, 'InvalidOperation', $Target
    $record.CategoryInfo.Reason = $Id
    $record
}

function Stop-Cmdlet {
    param($Cmdlet, [string]$Message, [string]$Id = 'InvalidOperationException')
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord $Id $Message $null))
}

Export-ModuleMember -Function Enter-Farm, Invoke-Behaviour, Invoke-Remotely, Invoke-Program, Start-LyncService, Get-Date, Start-Sleep, Get-ItemProperty, Get-Service, Get-WinEvent, Test-NetConnection, Restart-WebAppPool, Get-WebAppPoolState, Get-PSDrive, Read-Host
