# Exchange Server: servers, OWA virtual directories, mailbox policies, UM, certificates, mailboxes. A Get- with an empty
# identity returns everything. What the objects are like is in objects.ps1.

# The identity in what was bound: a text, or an object from the pipeline.
function Get-BoundIdentity {
    param($Value)
    if ($null -eq $Value -or $Value -is [string]) { return [string]$Value }
    foreach ($name in 'Identity', 'Fqdn', 'Name') { if ($null -ne $Value.PSObject.Properties[$name]) { return [string]$Value.$name } }
    [string]$Value
}

function Write-ObjectNotFound {
    param($Cmdlet, [string]$Identity)
    Write-CmdletError $Cmdlet 'ManagementObjectNotFoundException' "The operation couldn't be performed because object '$Identity' couldn't be found."
}

# Servers by name, FQDN or distinguished name; all for an empty identity; an error for an unknown one. The pages of the
# UM services document name, GUID and distinguished name, not the FQDN: -ByName.
function Select-Server {
    param($Cmdlet, $Identity, [switch]$ByName)
    $name = Get-BoundIdentity $Identity
    if ($name -eq '') { return $script:Farm.exchange.servers }
    $found = @($script:Farm.exchange.servers | Where-Object { $_.name -eq $name -or (Get-ServerDn $_) -eq $name -or ($_.fqdn -eq $name -and -not $ByName) })
    if ($found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $name }
    $found
}

function Get-ServerDn { param($Server) "CN=$($Server.name),CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),DC=farm,DC=example" }

function Select-ByName {
    param($Cmdlet, $Items, $Identity)
    $name = Get-BoundIdentity $Identity
    if ($name -eq '') { return $Items }
    $found = @($Items | Where-Object { $_.name -eq $name })
    if ($found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $name }
    $found
}

# Exchange stores an enumeration's own spelling, whatever a script wrote.
$script:Spelling = @{ Ocs = 'Ocs'; None = 'None' }

# Applies what a Set- cmdlet was given.
function Set-Setting {
    param($Settings, $Bound, [string[]]$Except)
    foreach ($key in @($Bound.Keys)) {
        if ($script:CommonParameter -contains $key -or $Except -contains $key) { continue }
        $value = $Bound[$key]
        if ($value -is [string] -and $script:Spelling.ContainsKey($value)) { $value = $script:Spelling[$value] }
        $Settings | Add-Member -MemberType NoteProperty -Name $key -Value $value -Force
    }
}

# A list after a MultiValuedProperty: @{Add=..; Remove=..} changes it, anything else replaces it.
function Get-ChangedList {
    param($List, $Value)
    if ($Value -isnot [hashtable]) { return @($Value) }
    $kept = @($List | Where-Object { @($Value['Remove']) -notcontains $_ })
    $kept + @($Value['Add'] | Where-Object { $_ -and $kept -notcontains $_ })
}

function Stop-IfDialPlanIsUnknown {
    param($Cmdlet, $Value)
    $names = if ($Value -is [hashtable]) { @($Value['Add']) + @($Value['Remove']) } else { @($Value) }
    foreach ($name in $names) {
        if ($name -and $null -eq (Find-Object $script:Farm.exchange.dialPlans 'name' $name)) { Stop-Cmdlet $Cmdlet "The UM dial plan '$name' couldn't be found." 'ManagementObjectNotFoundException' }
    }
}

# A server of Exchange 2016 and later names the Mailbox role only, and still is a Client Access server (recorded).
$script:Behaviour['Get-ExchangeServer'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'])) {
        $roles = if ($server.version -like 'Version 15.0 *') { @($server.roles) -join ', ' } else { 'Mailbox' }
        New-ExchangeObject 'Data.Directory.Management.ExchangeServer' $server.name @{
            Name = $server.name; Identity = New-DirectoryId $server.name; Fqdn = $server.fqdn; AdminDisplayVersion = New-Version $server.version
            DistinguishedName = Get-ServerDn $server; Domain = $server.fqdn.Substring($server.fqdn.IndexOf('.') + 1); Site = New-DirectoryId "farm.example/Configuration/Sites/$($server.site)"
            ServerRole = New-EnumerationValue 'Data.Directory.SystemConfiguration.ServerRole' $roles; Edition = New-EnumerationValue 'Data.ServerEditionType' 'Enterprise'
            IsClientAccessServer = @($server.roles) -contains 'ClientAccess'; IsMailboxServer = @($server.roles) -contains 'Mailbox'
            IsUnifiedMessagingServer = @($server.roles) -contains 'Mailbox'; IsE14OrLater = $true; IsE15OrLater = $true; IsEdgeServer = $false }
    }
}

# The directories of the back end only when they are asked for. Without -ADPropertiesOnly the
# cmdlet, as Set-OwaVirtualDirectory does, goes to the IIS of the directory's server (cmdlet page).
$script:Behaviour['Get-OwaVirtualDirectory'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    $servers = if ($Bound.ContainsKey('Server')) { @(Select-Server $Cmdlet $Bound['Server'] | ForEach-Object { $_.name }) } else { @($script:Farm.exchange.servers | ForEach-Object { $_.name }) }
    $found = @(foreach ($directory in $script:Farm.exchange.virtualDirectories) {
            if ($servers -notcontains $directory.server) { continue }
            if ($identity -ne '' -and (Get-DirectoryIdentity $directory) -ne $identity) { continue }
            if ($identity -eq '' -and $directory.website -eq 'Exchange Back End' -and -not $Bound['ShowMailboxVirtualDirectories']) { continue }
            $directory })
    if ($identity -ne '' -and $found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $identity }
    foreach ($directory in $found) {
        $server = Find-Object $script:Farm.exchange.servers 'name' $directory.server
        if ($server.unreachable -and -not $Bound['ADPropertiesOnly']) { Write-Unreachable $Cmdlet $directory; continue }
        New-ExchangeObject 'Data.Directory.SystemConfiguration.ADOwaVirtualDirectory' (Get-DirectoryIdentity $directory) @{
            Identity = New-DirectoryId (Get-DirectoryIdentity $directory); Name = "owa ($($directory.website))"; Server = New-DirectoryId $server.name; ServerName = $server.name
            AdminDisplayVersion = New-Version $server.version; WebSite = $(if ($Bound['ADPropertiesOnly']) { '' } else { $directory.website })
            MetabasePath = "IIS://$($server.fqdn)/W3SVC/1/ROOT/owa"; InternalUrl = $(if ($directory.internalUrl) { [uri]$directory.internalUrl }); ExternalUrl = $(if ($directory.externalUrl) { [uri]$directory.externalUrl }); OwaVersion = New-EnumerationValue 'Data.Directory.SystemConfiguration.OwaVersions' 'Exchange2013'
            InstantMessagingEnabled = $directory.settings.InstantMessagingEnabled; InstantMessagingServerName = ''; InstantMessagingCertificateThumbprint = ''
            InstantMessagingType = New-EnumerationValue 'Data.Directory.SystemConfiguration.InstantMessagingTypeOptions' $directory.settings.InstantMessagingType }
    }
}

function Get-DirectoryIdentity {
    param($Directory)
    "$($Directory.server)\owa ($($Directory.website))"
}

function Write-Unreachable {
    param($Cmdlet, $Directory)
    Write-CmdletError $Cmdlet 'IISGeneralCOMException' "An IIS directory entry of '$(Get-DirectoryIdentity $Directory)' couldn't be opened: the RPC server is unavailable."
}

$script:Behaviour['Set-OwaVirtualDirectory'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    $directory = $script:Farm.exchange.virtualDirectories | Where-Object { (Get-DirectoryIdentity $_) -eq $identity } | Select-Object -First 1
    if ($null -eq $directory) { Write-ObjectNotFound $Cmdlet $identity; return }
    if ((Find-Object $script:Farm.exchange.servers 'name' $directory.server).unreachable) { Write-Unreachable $Cmdlet $directory; return }
    if (-not (Start-Mutation $Cmdlet (Get-DirectoryIdentity $directory) $Bound @('Identity'))) { return }
    Set-Setting $directory.settings $Bound @('Identity', 'DomainController')
    Complete-Mutation
}

$script:Behaviour['Get-OwaMailboxPolicy'] = {
    param($Bound, $Cmdlet)
    foreach ($policy in @(Select-ByName $Cmdlet $script:Farm.exchange.policies $Bound['Identity'])) {
        New-ExchangeObject 'Data.Directory.SystemConfiguration.OwaMailboxPolicy' $policy.name @{
            Identity = New-DirectoryId $policy.name; Name = $policy.name; IsDefault = $policy.isDefault; InstantMessagingEnabled = $policy.settings.InstantMessagingEnabled
            InstantMessagingType = New-EnumerationValue 'Data.Directory.SystemConfiguration.InstantMessagingTypeOptions' $policy.settings.InstantMessagingType }
    }
}

$script:Behaviour['Set-OwaMailboxPolicy'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    $policy = Find-Object $script:Farm.exchange.policies 'name' $identity
    if ($null -eq $policy) { Write-ObjectNotFound $Cmdlet $identity; return }
    if (-not (Start-Mutation $Cmdlet $policy.name $Bound @('Identity'))) { return }
    Set-Setting $policy.settings $Bound @('Identity', 'DomainController')
    Complete-Mutation
}

$script:Behaviour['Get-UMDialPlan'] = {
    param($Bound, $Cmdlet)
    foreach ($plan in @(Select-ByName $Cmdlet $script:Farm.exchange.dialPlans $Bound['Identity'])) {
        $servers = @($script:Farm.exchange.servers | Where-Object { @($_.umDialPlans) -contains $plan.name } | ForEach-Object { New-DirectoryId $_.name })
        New-ExchangeObject 'Data.Directory.SystemConfiguration.UMDialPlan' $plan.name @{
            Identity = New-DirectoryId $plan.name; Name = $plan.name; URIType = New-EnumerationValue 'Data.Directory.SystemConfiguration.UMUriType' $plan.uriType; UMServers = $servers }
    }
}

$script:Behaviour['Get-UMService'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'] -ByName | Where-Object { @($_.roles) -contains 'Mailbox' })) {
        New-ExchangeObject 'Data.Directory.Management.UMServer' $server.name @{ Identity = New-DirectoryId $server.name; Name = $server.name; DialPlans = @($server.umDialPlans | ForEach-Object { New-DirectoryId $_ }) }
    }
}

$script:Behaviour['Get-UMCallRouterSettings'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Server'] | Where-Object { @($_.roles) -contains 'ClientAccess' })) {
        New-ExchangeObject 'Data.Directory.Management.SIPFEServerConfiguration' 'UMCallRouterSettings' @{
            Identity = New-DirectoryId "$($server.name)\UMCallRouterSettings"; Name = 'UMCallRouterSettings'; Server = New-DirectoryId $server.name; DialPlans = @($server.callRouterDialPlans | ForEach-Object { New-DirectoryId $_ }) }
    }
}

$script:Behaviour['Set-UMService'] = {
    param($Bound, $Cmdlet)
    Set-DialPlanList $Cmdlet $Bound 'Identity' 'Mailbox' 'umDialPlans' @(Select-Server $Cmdlet $Bound['Identity'] -ByName)
}

$script:Behaviour['Set-UMCallRouterSettings'] = {
    param($Bound, $Cmdlet)
    Set-DialPlanList $Cmdlet $Bound 'Server' 'ClientAccess' 'callRouterDialPlans' @(Select-Server $Cmdlet $Bound['Server'])
}

function Set-DialPlanList {
    param($Cmdlet, $Bound, [string]$Identifies, [string]$Role, [string]$List, $Servers)
    foreach ($server in $Servers) {
        if (@($server.roles) -notcontains $Role) { Write-ObjectNotFound $Cmdlet $server.name; continue }
        if ($Bound.ContainsKey('DialPlans')) { Stop-IfDialPlanIsUnknown $Cmdlet $Bound['DialPlans'] }
        if (-not (Start-Mutation $Cmdlet $server.name $Bound @($Identifies))) { continue }
        if ($Bound.ContainsKey('DialPlans')) { $server.$List = @(Get-ChangedList $server.$List $Bound['DialPlans']) }
        Update-KnownServer
        Complete-Mutation
    }
}

# A certificate's status follows from its dates and its chain (cmdlet page): Valid does not say that anybody else trusts
# it, because a self-signed one is Valid too, and an unreachable revocation list is no fault of the certificate.
function Get-CertificateStatus {
    param($Certificate)
    if ($Certificate.status) { $Certificate.status }
    elseif ($Certificate.notBefore -gt 0 -or $Certificate.notAfter -le 0) { 'DateInvalid' }
    elseif ($Certificate.selfSigned) { 'Valid' }
    elseif ($Certificate.rootUnknown) { 'Untrusted' }
    elseif ($Certificate.listUnreachable) { 'RevocationCheckFailure' }
    else { 'Valid' }
}

# Through remoting a certificate is its raw data; the Exchange Management Shell makes it whole again from SerializationData.
$script:Behaviour['Get-ExchangeCertificate'] = {
    param($Bound, $Cmdlet)
    $identity = if ($Bound['Server']) { $Bound['Server'] } else { $script:Session.server }
    foreach ($server in @(Select-Server $Cmdlet $identity)) {
        if ($server.unreachable -and $server.fqdn -ne $script:Session.host) { Stop-Cmdlet $Cmdlet 'The RPC server is unavailable.' }
        $found = @($server.certificates | Where-Object { -not $Bound['Thumbprint'] -or $_.thumbprint -eq $Bound['Thumbprint'] })
        if ($Bound['Thumbprint'] -and $found.Count -eq 0) { Write-CmdletError $Cmdlet 'InvalidOperationException' "The certificate with thumbprint $($Bound['Thumbprint']) was not found on server $($server.name)." }
        foreach ($certificate in $found) {
            $type = 'Management.SystemConfigurationTasks.ExchangeCertificate'
            $text = "[Subject]`r`n  $($certificate.subject)"
            $root = if ($certificate.root) { $certificate.root } elseif ($certificate.selfSigned) { 'None' } elseif ($certificate.rootUnknown) { 'Unknown' } else { 'Enterprise' }
            $whole = New-ExchangeObject $type $text @{
                Thumbprint = $certificate.thumbprint; Subject = $certificate.subject; Issuer = $(if ($certificate.selfSigned) { $certificate.subject } else { 'CN=Farm CA' })
                CertificateDomains = @($certificate.names | ForEach-Object { New-ExchangeObject 'Data.SmtpDomainWithSubdomains' $_ @{ Address = $_ } }); HasPrivateKey = $certificate.hasPrivateKey
                NotBefore = Get-FarmTime $certificate.notBefore; NotAfter = Get-FarmTime $certificate.notAfter; IsSelfSigned = $certificate.selfSigned
                RootCAType = New-EnumerationValue 'Management.SystemConfigurationTasks.CertificateAuthorityType' $root; RawData = [byte[]](48, 130)
                Status = New-EnumerationValue 'Management.SystemConfigurationTasks.CertificateStatus' (Get-CertificateStatus $certificate); FriendlyName = '' }
            New-ExchangeObject $type $text @{ RawData = [byte[]](48, 130); SerializationData = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Serial $whole)) }
        }
    }
}

$script:Behaviour['Get-ServerHealth'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'])) {
        $machine = Find-Object $script:Farm.hosts 'fqdn' $server.fqdn
        New-ExchangeObject 'Monitoring.MonitorHealthEntry' 'OwaIMInitializationFailedMonitor' @{
            Server = $server.name; HealthSetName = 'OWA.Protocol.Dep'; Name = 'OwaIMInitializationFailedMonitor'; TargetResource = ''; AlertValue = New-EnumerationValue 'Monitoring.MonitorAlertState' $machine.imHealth }
    }
}

function Select-Mailbox {
    param($Cmdlet, $Identity)
    $address = Get-BoundIdentity $Identity
    if ($address -eq '') { return $script:Farm.exchange.mailboxes }
    $found = @($script:Farm.exchange.mailboxes | Where-Object { $_.address -eq $address -or (Get-MailboxIdentity $_) -eq $address })
    if ($found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $address }
    $found
}

function Get-MailboxIdentity { param($Mailbox) "farm.example/People/$($Mailbox.name)" }

# ServerName stays what it was when the database fails over; where the active copy is, the database tells.
$script:Behaviour['Get-Mailbox'] = {
    param($Bound, $Cmdlet)
    foreach ($mailbox in @(Select-Mailbox $Cmdlet $Bound['Identity'])) {
        $addresses = @("SMTP:$($mailbox.address)", "sip:$($mailbox.sip)" | ForEach-Object { New-ExchangeObject 'Data.ProxyAddress' $_ @{ ProxyAddressString = $_ } })
        New-ExchangeObject 'Data.Directory.Management.Mailbox' $mailbox.name @{
            Identity = New-DirectoryId (Get-MailboxIdentity $mailbox); Name = $mailbox.name; PrimarySmtpAddress = New-ExchangeObject 'Data.SmtpAddress' $mailbox.address @{ Local = $mailbox.address.Split('@')[0] }
            EmailAddresses = $addresses; ServerName = $mailbox.server.ToLowerInvariant(); Database = New-DirectoryId $mailbox.database; AdminDisplayVersion = New-Version $script:Farm.exchange.servers[0].version }
    }
}

$script:Behaviour['Get-CASMailbox'] = {
    param($Bound, $Cmdlet)
    foreach ($mailbox in @(Select-Mailbox $Cmdlet $Bound['Identity'])) {
        New-ExchangeObject 'Data.Directory.Management.CASMailbox' $mailbox.name @{ Identity = New-DirectoryId (Get-MailboxIdentity $mailbox); Name = $mailbox.name; ServerName = $mailbox.server.ToLowerInvariant(); OwaMailboxPolicy = New-DirectoryId $mailbox.policy; OWAEnabled = $true }
    }
}

# $null takes a mailbox's own policy away. A policy is found by its name.
$script:Behaviour['Set-CASMailbox'] = {
    param($Bound, $Cmdlet)
    foreach ($mailbox in @(Select-Mailbox $Cmdlet $Bound['Identity'])) {
        $name = [string]$Bound['OwaMailboxPolicy']
        if ($name -ne '' -and $null -eq (Find-Object $script:Farm.exchange.policies 'name' $name)) { Write-ObjectNotFound $Cmdlet $name; continue }
        if (-not (Start-Mutation $Cmdlet (Get-MailboxIdentity $mailbox) $Bound @('Identity'))) { continue }
        if ($Bound.ContainsKey('OwaMailboxPolicy')) { $mailbox.policy = $name }
        Complete-Mutation
    }
}

$script:Behaviour['Get-MailboxDatabase'] = {
    param($Bound, $Cmdlet)
    $databases = @(Select-ByName $Cmdlet $script:Farm.exchange.databases $Bound['Identity'])
    if ($Bound['Server']) { $names = @(Select-Server $Cmdlet $Bound['Server'] | ForEach-Object { $_.name }); $databases = @($databases | Where-Object { $names -contains $_.server }) }
    foreach ($database in $databases) {
        New-ExchangeObject 'Data.Directory.SystemConfiguration.MailboxDatabase' $database.name @{
            Identity = New-DirectoryId $database.name; Name = $database.name; Server = New-DirectoryId $database.server; ServerName = $database.server
            Mounted = $(if ($Bound['Status']) { $true }); MountedOnServer = $(if ($Bound['Status']) { $database.mountedOn }) }
    }
}
