<#
.SYNOPSIS
    Reads what the Lync topology has for instant messaging in OWA, and writes one JSON file.
.DESCRIPTION
    Read-only: Get- commands, reads of the registry and the event log, and one written file.
    Run it once, in the management shell of Lync or Skype for Business Server, best on a Front End: only there the event
    log tells which servers Lync has discovered. What cannot be read is listed as unread, with the reason.

    Exit codes: 0 everything was read; 1 the file is written and lists what is unread; 2 nothing was written.

    The file holds no user, no key and no password. Its fields:
    formatVersion, kind, scope, takenAt (UTC), host, product, unread (section, of, reason), and the objects:
    sites                identity, siteId, displayName
    pools                pool, site (its identity), registrar, computers
    trustedPools         pool, site (its identity), registrar, computers
    applications         pool, applicationId, port
    replicas             server, upToDate, lastReport
    discovery            server, time, text (the newest event 44024: the servers that Lync had found when its service started)
.PARAMETER Folder
    Where the file is written. Default: the folder of this script.
.EXAMPLE
    .\inventory-lync.ps1
#>
#Requires -Version 3.0
[CmdletBinding()]
param([string]$Folder = '')

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop' # not in the proxies of a remote shell: each of its commands says it too
if ($Folder -eq '') { $Folder = $PSScriptRoot }
$objects = [ordered]@{}
$unread = New-Object -TypeName Collections.ArrayList

function Read-Fact {
    # Adds what a block reads to a section. What cannot be read is recorded with its reason, never guessed.
    param([string]$Section, [string]$Of = '', [string]$Command = '', [scriptblock]$Read)
    try {
        if ($Command -ne '' -and -not (Get-Command -Name $Command -ErrorAction SilentlyContinue)) { throw "this shell has no ${Command}: your rights or this version do not include it" }
        $rows = @(& $Read)
        if (-not $objects.Contains($Section)) { $objects[$Section] = New-Object -TypeName Collections.ArrayList }
        foreach ($row in $rows) { [void]$objects[$Section].Add($row) }
    } catch {
        [void]$unread.Add([ordered]@{ section = $Section; of = $Of; reason = ([string]$_.Exception.GetBaseException().Message -replace '\s+', ' ').Trim() })
    }
}

function Get-Fqdn {
    # Returns the bare name of Registrar:<fqdn> and the like, in lower case.
    param($Name)
    ([string]$Name -replace '^.*:', '').ToLowerInvariant()
}

function Get-Time {
    # Returns a time in UTC, as text that is the same in every country; an empty text for none.
    param($Time)
    if ($null -eq $Time) { return '' }
    ([datetime]$Time).ToUniversalTime().ToString('s', [Globalization.CultureInfo]::InvariantCulture) + 'Z'
}

if (-not (Get-Command -Name 'Get-CsSite' -ErrorAction SilentlyContinue)) {
    Write-Output -InputObject 'REFUSED: this shell has no Get-CsSite. Run the script in the Lync Server or Skype for Business Server Management Shell. Nothing was written.'
    exit 2
}
$tcpip = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
$here = ('{0}.{1}' -f $tcpip.Hostname, $tcpip.Domain).Trim('.').ToLowerInvariant()
$taken = Get-Time -Time (Get-Date)

$product = ''
try { $product = [string](Get-CsServerVersion -ErrorAction Stop) } catch {
    [void]$unread.Add([ordered]@{ section = 'product'; of = ''; reason = ([string]$_.Exception.GetBaseException().Message -replace '\s+', ' ').Trim() })
}
Read-Fact -Section 'sites' -Read {
    foreach ($site in @(Get-CsSite -ErrorAction Stop)) { [ordered]@{ identity = [string]$site.Identity; siteId = [string]$site.SiteId; displayName = [string]$site.DisplayName } }
}
Read-Fact -Section 'pools' -Command 'Get-CsPool' -Read {
    foreach ($pool in @(Get-CsPool -ErrorAction Stop)) {
        $services = @($pool.Services | ForEach-Object { [string]$_ })
        [ordered]@{
            pool = Get-Fqdn -Name $pool.Fqdn; site = [string]$pool.Site; registrar = @($services | Where-Object { $_ -like 'Registrar:*' }).Count -gt 0
            computers = [string[]]@($pool.Computers | ForEach-Object { Get-Fqdn -Name $_ })
        }
    }
}
Read-Fact -Section 'trustedPools' -Command 'Get-CsTrustedApplicationPool' -Read {
    $computers = @(Get-CsTrustedApplicationComputer -ErrorAction Stop)
    foreach ($pool in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) {
        $fqdn = Get-Fqdn -Name $pool.PoolFqdn
        [ordered]@{
            pool = $fqdn; site = [string]$pool.SiteId; registrar = Get-Fqdn -Name $pool.Registrar
            computers = [string[]]@($computers | Where-Object { (Get-Fqdn -Name $_.Pool) -eq $fqdn } | ForEach-Object { Get-Fqdn -Name $_.Fqdn })
        }
    }
}
Read-Fact -Section 'applications' -Command 'Get-CsTrustedApplication' -Read {
    foreach ($application in @(Get-CsTrustedApplication -ErrorAction Stop)) {
        [ordered]@{ pool = Get-Fqdn -Name $application.TrustedApplicationPoolFqdn; applicationId = [string]$application.ApplicationId -replace '^.*:', ''; port = [int]$application.Port }
    }
}
Read-Fact -Section 'replicas' -Command 'Get-CsManagementStoreReplicationStatus' -Read {
    foreach ($replica in @(Get-CsManagementStoreReplicationStatus -ErrorAction Stop)) {
        $reported = if ($null -eq $replica.PSObject.Properties['LastStatusReport']) { $null } else { $replica.LastStatusReport }
        [ordered]@{ server = Get-Fqdn -Name $replica.ReplicaFqdn; upToDate = [bool]$replica.UpToDate; lastReport = Get-Time -Time $reported }
    }
}
Read-Fact -Section 'discovery' -Of $here -Read {
    try { $newest = @(Get-WinEvent -FilterHashtable @{ LogName = 'Lync Server'; ProviderName = 'LS Exchange Unified Messaging Routing'; Id = 44024 } -MaxEvents 1) } catch {
        if ([string]$_.FullyQualifiedErrorId -notlike 'NoMatching*') { throw }
        throw 'this computer has no event 44024; a Front End has it'
    }
    foreach ($one in $newest) { [ordered]@{ server = $here; time = Get-Time -Time $one.TimeCreated; text = [string]$one.Message } }
}

foreach ($section in @($objects.Keys)) { $objects[$section] = @($objects[$section] | Sort-Object -Culture '' -Property { @($_.Values) -join ' ' }) }
$text = ConvertTo-Json -Depth 6 -InputObject ([ordered]@{ formatVersion = 1; kind = 'lync'; scope = 'organisation'; takenAt = $taken; host = $here; product = $product; unread = @($unread); objects = $objects })
$bytes = [Text.Encoding]::UTF8.GetBytes($text)
$file = Join-Path -Path $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Folder) -ChildPath "lync-$here.json"
try { [IO.File]::WriteAllBytes($file, $bytes) } catch {
    Write-Output -InputObject "REFUSED: $file cannot be written: $($_.Exception.GetBaseException().Message) Name another folder with -Folder."
    exit 2
}
$hash = (New-Object -TypeName Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($bytes)
foreach ($gap in $unread) { Write-Output -InputObject "UNREAD $($gap['section']) $($gap['of']): $($gap['reason'])" }
Write-Output -InputObject "WROTE $file"
Write-Output -InputObject "SHA-256 $([BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant())"
exit [int]($unread.Count -gt 0)
