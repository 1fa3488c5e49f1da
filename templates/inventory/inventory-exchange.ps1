<#
.SYNOPSIS
    Reads what this Exchange organisation and this server have for instant messaging in OWA, and writes one JSON file.
.DESCRIPTION
    Read-only: Get- commands, reads of the registry, the event log and web.config, and one written file.
    Run it in an Exchange Management Shell: once without -ThisServer, then with it on each other Mailbox server.
    On a computer without Exchange it reads the organisation only.
    View-Only Organization Management is enough. What cannot be read is listed as unread, with the reason.

    Exit codes: 0 everything was read; 1 the file is written and lists what is unread; 2 nothing was written.

    The file holds no user, no mailbox, no key and no password. Its fields:
    formatVersion, kind, scope, takenAt (UTC), host, product, unread (section, of, reason), and the objects:
    servers              server, name, version, roles, site
    certificates         server, thumbprint, subject, names, notBefore, notAfter, hasPrivateKey, selfSigned, status, root
    virtualDirectories   server, identity, internalUrl, externalUrl, enabled, type
    mailboxPolicies      name, isDefault, enabled, type
    mailboxCounts        by (policy or server), name ('' for none), count
    dialPlans            name, uriType
    umServices           server, dialPlans
    callRouters          server, dialPlans
    overrides            name, component, section, servers, parameters
    and of this server:
    ucma                 server, path, found (file, folder, nothing)
    webConfig            server, imServerName, imCertificateThumbprint, imPortNumber
    effectiveOverrides   server, name, parameters (Exchange 2016 and later)
    windowsServices      server, name, status
    applicationPools     server, name, state
    logFolders           server, exists
    events               server, id, count, newest (OWA's events about instant messaging in the last 30 days)
.PARAMETER Folder
    Where the file is written. Default: the folder of this script.
.PARAMETER ThisServer
    Read this server only, not the organisation.
.PARAMETER NoMailboxCount
    Do not count mailboxes. In a large organisation counting takes minutes.
.EXAMPLE
    .\inventory-exchange.ps1
#>
#Requires -Version 3.0
[CmdletBinding()]
param([string]$Folder = '', [switch]$ThisServer, [switch]$NoMailboxCount)

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

function Get-Value {
    # Returns a property, or $null where this shell's object does not have it.
    param($Subject, [string]$Name)
    $property = $Subject.PSObject.Properties[$Name]
    if ($null -eq $property) { return $null }
    $property.Value
}

function Get-Flag {
    # Returns true, false, or $null for unknown.
    param($Value)
    if ($null -eq $Value -or [string]$Value -eq '') { return $null }
    [string]$Value -eq 'True'
}

function Get-Text {
    # Returns the texts of a list. An enumeration must be cast: from a remote shell it would print its number.
    param($List)
    foreach ($item in $List) { if ($null -ne $item) { [string]$item } }
}

function Get-Time {
    # Returns a time in UTC, as text that is the same in every country; an empty text for none.
    param($Time)
    if ($null -eq $Time) { return '' }
    ([datetime]$Time).ToUniversalTime().ToString('s', [Globalization.CultureInfo]::InvariantCulture) + 'Z'
}

function Get-Fqdn {
    # Returns the FQDN of a server that an object names by its short name.
    param($Name)
    $key = ([string]$Name).ToLowerInvariant()
    if ($fqdns.Contains($key)) { $fqdns[$key] } else { $key }
}

function Get-DnsName {
    # Returns the DNS names of a subject alternative name extension: values with the tag 0x82 (RFC 5280).
    param([byte[]]$Byte)
    $at = if ($Byte[1] -lt 0x80) { 2 } else { 2 + ($Byte[1] -band 0x7F) }
    while ($at + 1 -lt $Byte.Length) {
        $tag, $length, $start = $Byte[$at], [int]$Byte[$at + 1], ($at + 2)
        if ($length -ge 0x80) {
            $start += $length -band 0x7F
            $length = 0
            for ($i = $at + 2; $i -lt $start; $i++) { $length = $length * 256 + $Byte[$i] }
        }
        if ($tag -eq 0x82) { [Text.Encoding]::ASCII.GetString($Byte, $start, $length) }
        $at = $start + $length
    }
}

function ConvertTo-CertificateRow {
    # Makes a row of a certificate. A shell without Exchange's types has only RawData of it: the rest stays unknown.
    param($Certificate, [string]$Server)
    $names = @(Get-Text -List (Get-Value -Subject $Certificate -Name 'CertificateDomains'))
    $source = $Certificate
    $selfSigned = Get-Flag -Value (Get-Value -Subject $Certificate -Name 'IsSelfSigned')
    if ([string](Get-Value -Subject $Certificate -Name 'Thumbprint') -eq '') {
        $raw = [byte[]](Get-Value -Subject $Certificate -Name 'RawData')
        $source = New-Object -TypeName Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList (, $raw)
        $names = @($source.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' } | ForEach-Object { Get-DnsName -Byte $_.RawData })
        $selfSigned = $source.Subject -eq $source.Issuer
    }
    [ordered]@{
        server = $Server; thumbprint = ([string]$source.Thumbprint).ToUpperInvariant(); subject = [string]$source.Subject; names = [string[]]$names
        notBefore = Get-Time -Time $source.NotBefore; notAfter = Get-Time -Time $source.NotAfter
        hasPrivateKey = Get-Flag -Value (Get-Value -Subject $Certificate -Name 'HasPrivateKey'); selfSigned = $selfSigned
        status = [string](Get-Value -Subject $Certificate -Name 'Status'); root = [string](Get-Value -Subject $Certificate -Name 'RootCAType')
    }
}

function Get-ImEvent {
    # Returns OWA's events about instant messaging. A log without such events is an error to Get-WinEvent, but a fact here.
    $filter = @{ LogName = 'Application'; ProviderName = 'MSExchange OWA'; StartTime = (Get-Date).AddDays(-30); Id = @(83, 84, 86, 87, 102, 103, 104, 106, 112) }
    try { Get-WinEvent -FilterHashtable $filter -MaxEvents 10000 } catch { if ([string]$_.FullyQualifiedErrorId -notlike 'NoMatching*') { throw } }
}

if (-not (Get-Command -Name 'Get-ExchangeServer' -ErrorAction SilentlyContinue)) {
    Write-Output -InputObject 'REFUSED: this shell has no Get-ExchangeServer. Run the script in the Exchange Management Shell. Nothing was written.'
    exit 2
}
$tcpip = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
$here = ('{0}.{1}' -f $tcpip.Hostname, $tcpip.Domain).Trim('.').ToLowerInvariant()
$taken = Get-Time -Time (Get-Date)

# The organisation, or the part of it that this server is.
$fqdns = @{}
Read-Fact -Section 'servers' -Read {
    foreach ($server in @(if ($ThisServer) { Get-ExchangeServer -Identity $here -ErrorAction Stop } else { Get-ExchangeServer -ErrorAction Stop })) {
        $fqdns[([string]$server.Name).ToLowerInvariant()] = ([string]$server.Fqdn).ToLowerInvariant()
        $roles = @(Get-Text -List (Get-Value -Subject $server -Name 'ServerRole'))
        if ((Get-Flag -Value (Get-Value -Subject $server -Name 'IsClientAccessServer')) -and "$roles" -notmatch 'ClientAccess') { $roles += 'ClientAccess' }
        [ordered]@{
            server = ([string]$server.Fqdn).ToLowerInvariant(); name = [string]$server.Name; version = [string]$server.AdminDisplayVersion
            roles = $roles -join ', '; site = [string](Get-Value -Subject $server -Name 'Site') -replace '^.*/', ''
        }
    }
}
$servers = @(if ($objects.Contains('servers')) { $objects['servers'] | Where-Object { $_['version'] -like 'Version 15.*' -and $_['roles'] -match 'Mailbox|ClientAccess' } })
$product = [string](@($servers | Where-Object { $_['server'] -eq $here } | ForEach-Object { $_['version'] }) -join '')
foreach ($server in $servers) {
    $fqdn = $server['server']
    Read-Fact -Section 'certificates' -Of $fqdn -Command 'Get-ExchangeCertificate' -Read {
        foreach ($certificate in @(Get-ExchangeCertificate -Server $fqdn -ErrorAction Stop)) { ConvertTo-CertificateRow -Certificate $certificate -Server $fqdn }
    }
}
if (-not $ThisServer) {
    Read-Fact -Section 'virtualDirectories' -Command 'Get-OwaVirtualDirectory' -Read {
        foreach ($directory in @(Get-OwaVirtualDirectory -ADPropertiesOnly -ErrorAction Stop | Where-Object { [string]$_.Identity -notlike '*(Exchange Back End)' })) {
            [ordered]@{
                server = Get-Fqdn -Name $directory.Server; identity = [string]$directory.Identity
                internalUrl = [string](Get-Value -Subject $directory -Name 'InternalUrl'); externalUrl = [string](Get-Value -Subject $directory -Name 'ExternalUrl')
                enabled = Get-Flag -Value $directory.InstantMessagingEnabled; type = [string]$directory.InstantMessagingType
            }
        }
    }
    Read-Fact -Section 'mailboxPolicies' -Command 'Get-OwaMailboxPolicy' -Read {
        foreach ($policy in @(Get-OwaMailboxPolicy -ErrorAction Stop)) {
            [ordered]@{
                name = [string]$policy.Name; isDefault = Get-Flag -Value (Get-Value -Subject $policy -Name 'IsDefault')
                enabled = Get-Flag -Value $policy.InstantMessagingEnabled; type = [string]$policy.InstantMessagingType
            }
        }
    }
    if (-not $NoMailboxCount) {
        Read-Fact -Section 'mailboxCounts' -Command 'Get-CASMailbox' -Read {
            $counts = @{}
            Get-CASMailbox -ResultSize Unlimited -ErrorAction Stop | ForEach-Object {
                $counts["policy`t" + ([string]$_.OwaMailboxPolicy -replace '^.*[\\/]', '')] += 1
                $counts["server`t" + [string](Get-Value -Subject $_ -Name 'ServerName')] += 1
            }
            foreach ($key in @($counts.Keys)) {
                $by, $name = $key -split "`t"
                if ($by -eq 'server' -and $name -ne '') { $name = Get-Fqdn -Name $name }
                [ordered]@{ by = $by; name = $name; count = [int]$counts[$key] }
            }
        }
    } else { [void]$unread.Add([ordered]@{ section = 'mailboxCounts'; of = ''; reason = 'left out: -NoMailboxCount' }) }
    if (@($servers | Where-Object { $_['version'] -notlike 'Version 15.2 *' }).Count -gt 0) {
        Read-Fact -Section 'dialPlans' -Command 'Get-UMDialPlan' -Read { foreach ($plan in @(Get-UMDialPlan -ErrorAction Stop)) { [ordered]@{ name = [string]$plan.Name; uriType = [string]$plan.UriType } } }
        Read-Fact -Section 'umServices' -Command 'Get-UMService' -Read {
            foreach ($service in @(Get-UMService -ErrorAction Stop)) { [ordered]@{ server = Get-Fqdn -Name $service.Name; dialPlans = [string[]]@(Get-Text -List $service.DialPlans) } }
        }
        foreach ($server in @($servers | Where-Object { $_['roles'] -match 'ClientAccess' -and $_['version'] -notlike 'Version 15.2 *' })) {
            $fqdn = $server['server']
            Read-Fact -Section 'callRouters' -Of $fqdn -Command 'Get-UMCallRouterSettings' -Read {
                foreach ($router in @(Get-UMCallRouterSettings -Server $fqdn -ErrorAction Stop)) { [ordered]@{ server = $fqdn; dialPlans = [string[]]@(Get-Text -List $router.DialPlans) } }
            }
        }
    }
    if (@($servers | Where-Object { $_['version'] -notlike 'Version 15.0 *' }).Count -gt 0) {
        Read-Fact -Section 'overrides' -Command 'Get-SettingOverride' -Read {
            foreach ($override in @(Get-SettingOverride -ErrorAction Stop | Where-Object { [string]$_.ComponentName -eq 'OwaServer' -and [string]$_.SectionName -eq 'IMSettings' })) {
                [ordered]@{
                    name = [string]$override.Name; component = 'OwaServer'; section = 'IMSettings'
                    servers = [string[]]@(Get-Text -List (Get-Value -Subject $override -Name 'Server')); parameters = [string[]]@(Get-Text -List $override.Parameters)
                }
            }
        }
    }
}

# This server.
$setup = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup' -ErrorAction SilentlyContinue
$isMailboxServer = @($servers | Where-Object { $_['server'] -eq $here -and $_['roles'] -match 'Mailbox' }).Count -gt 0
if ($null -ne $setup -and $isMailboxServer) {
    Read-Fact -Section 'ucma' -Of $here -Read {
        $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging' -ErrorAction SilentlyContinue
        $path = if ($null -eq $key) { '' } else { [string](Get-Value -Subject $key -Name 'ImplementationDLLPath') }
        $found = 'nothing'
        if ($path -ne '' -and (Test-Path -LiteralPath $path -PathType Leaf)) { $found = 'file' } elseif ($path -ne '' -and (Test-Path -LiteralPath $path)) { $found = 'folder' }
        [ordered]@{ server = $here; path = $path; found = $found }
    }
    Read-Fact -Section 'webConfig' -Of $here -Read {
        $document = New-Object -TypeName Xml.XmlDocument
        $document.XmlResolver = $null
        $document.LoadXml([IO.File]::ReadAllText((Join-Path -Path $setup.MsiInstallPath -ChildPath 'ClientAccess\Owa\web.config')))
        $row = [ordered]@{ server = $here }
        foreach ($name in @('IMServerName', 'IMCertificateThumbprint', 'IMPortNumber')) {
            $values = @($document.SelectNodes('/configuration/appSettings/add') | Where-Object { $_.GetAttribute('key') -eq $name } | ForEach-Object { $_.GetAttribute('value') })
            if ($values.Count -gt 1) { throw "web.config has the key $name $($values.Count) times" }
            $row[$name.Substring(0, 2).ToLowerInvariant() + $name.Substring(2)] = $values -join ''
        }
        $row
    }
    if ($product -notlike 'Version 15.0 *') {
        Read-Fact -Section 'effectiveOverrides' -Of $here -Command 'Get-ExchangeDiagnosticInfo' -Read {
            $name = [string](@($servers | Where-Object { $_['server'] -eq $here } | ForEach-Object { $_['name'] })) # not the FQDN
            $answer = Get-ExchangeDiagnosticInfo -Server $name -Process 'Microsoft.Exchange.Directory.TopologyService' -Component 'VariantConfiguration' -Argument 'Overrides' -ErrorAction Stop
            $document = [xml]$answer.Result
            if ($null -eq $document.SelectSingleNode('//VariantConfiguration/Overrides')) { throw 'the answer of the topology service holds no list of overrides' }
            foreach ($node in @($document.SelectNodes("//SettingOverride[ComponentName='OwaServer' and SectionName='IMSettings' and Status='Accepted']"))) {
                [ordered]@{ server = $here; name = $node.SelectSingleNode('Name').InnerText; parameters = [string[]]@($node.SelectNodes('Parameters/Parameter') | ForEach-Object { $_.InnerText }) }
            }
        }
    }
    Read-Fact -Section 'windowsServices' -Of $here -Read {
        foreach ($name in @('MSExchangeUM', 'MSExchangeUMCR')) {
            $service = @(Get-Service -Name $name -ErrorAction SilentlyContinue)
            [ordered]@{ server = $here; name = $name; status = $(if ($service.Count -eq 0) { 'absent' } else { [string]$service[0].Status }) }
        }
    }
    Read-Fact -Section 'applicationPools' -Of $here -Command 'Get-WebAppPoolState' -Read {
        [ordered]@{ server = $here; name = 'MSExchangeOWAAppPool'; state = [string](Get-WebAppPoolState -Name 'MSExchangeOWAAppPool' -ErrorAction Stop).Value }
    }
    Read-Fact -Section 'logFolders' -Of $here -Read {
        [ordered]@{ server = $here; exists = [bool](Test-Path -LiteralPath (Join-Path -Path $setup.MsiInstallPath -ChildPath 'Logging\OWA\InstantMessaging') -PathType Container) }
    }
    Read-Fact -Section 'events' -Of $here -Read {
        foreach ($group in @(Get-ImEvent | Group-Object -Property Id)) {
            $newest = $group.Group | Sort-Object -Property TimeCreated -Descending | Select-Object -First 1
            [ordered]@{ server = $here; id = [int]$newest.Id; count = [int]$group.Count; newest = Get-Time -Time $newest.TimeCreated }
        }
    }
}

$scope = if ($ThisServer) { 'server' } else { 'organisation' }
foreach ($section in @($objects.Keys)) { $objects[$section] = @($objects[$section] | Sort-Object -Culture '' -Property { @($_.Values) -join ' ' }) }
$text = ConvertTo-Json -Depth 6 -InputObject ([ordered]@{ formatVersion = 1; kind = 'exchange'; scope = $scope; takenAt = $taken; host = $here; product = $product; unread = @($unread); objects = $objects })
$bytes = [Text.Encoding]::UTF8.GetBytes($text)
$file = Join-Path -Path $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Folder) -ChildPath "exchange-$here.json"
try { [IO.File]::WriteAllBytes($file, $bytes) } catch {
    Write-Output -InputObject "REFUSED: $file cannot be written: $($_.Exception.GetBaseException().Message) Name another folder with -Folder."
    exit 2
}
$hash = (New-Object -TypeName Security.Cryptography.SHA256CryptoServiceProvider).ComputeHash($bytes)
foreach ($gap in $unread) { Write-Output -InputObject "UNREAD $($gap['section']) $($gap['of']): $($gap['reason'])" }
Write-Output -InputObject "WROTE $file"
Write-Output -InputObject "SHA-256 $([BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant())"
exit [int]($unread.Count -gt 0)
