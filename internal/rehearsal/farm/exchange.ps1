# Exchange Server: servers, OWA virtual directories, mailbox policies, UM, certificates. Objects come back as copies
# that went through remoting: texts and Booleans without methods. A Get- with an empty identity returns everything.

# An object as implicit remoting hands it over.
function New-RemotingCopy {
    param([string]$Type, [System.Collections.IDictionary]$Property)
    $copy = New-Object PSObject -Property $Property
    $copy.PSObject.TypeNames.Clear()
    $copy.PSObject.TypeNames.Add("Deserialized.Microsoft.Exchange.$Type")
    $copy.PSObject.TypeNames.Add('Deserialized.System.Object')
    $copy
}

# The identity in what was bound: a text, or an object from the pipeline.
function Get-BoundIdentity {
    param($Value)
    if ($null -eq $Value) { return '' }
    if ($Value -is [string]) { return $Value }
    foreach ($name in 'Identity', 'Fqdn', 'Name') { if ($null -ne $Value.PSObject.Properties[$name]) { return [string]$Value.$name } }
    [string]$Value
}

function Write-ObjectNotFound {
    param($Cmdlet, [string]$Identity)
    Write-CmdletError $Cmdlet 'ManagementObjectNotFoundException' "The operation couldn't be performed because object '$Identity' couldn't be found."
}

# Servers by name or FQDN; all for an empty identity; an error for an unknown one.
function Select-Server {
    param($Cmdlet, $Identity)
    $name = Get-BoundIdentity $Identity
    if ($name -eq '') { return $script:Farm.exchange.servers }
    $found = @($script:Farm.exchange.servers | Where-Object { $_.name -eq $name -or $_.fqdn -eq $name })
    if ($found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $name }
    $found
}

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
        if ($name -and $null -eq (Find-Object $script:Farm.exchange.dialPlans 'name' $name)) { Stop-Cmdlet $Cmdlet "The UM dial plan '$name' couldn't be found." }
    }
}

$script:Behaviour['Get-ExchangeServer'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'])) {
        New-RemotingCopy 'Data.Directory.Management.ExchangeServer' @{
            Name = $server.name; Identity = $server.name; Fqdn = $server.fqdn; AdminDisplayVersion = $server.version; ServerRole = @($server.roles) -join ', '
            Edition = 'Enterprise'; IsClientAccessServer = @($server.roles) -contains 'ClientAccess'; IsMailboxServer = @($server.roles) -contains 'Mailbox'
            IsUnifiedMessagingServer = @($server.roles) -contains 'Mailbox'; IsE15OrLater = $true }
    }
}

# Only the directories of the Default Web Site, unless those of the back end are asked for.
$script:Behaviour['Get-OwaVirtualDirectory'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    $servers = if ($Bound.ContainsKey('Server')) { @(Select-Server $Cmdlet $Bound['Server'] | ForEach-Object { $_.name }) } else { @($script:Farm.exchange.servers | ForEach-Object { $_.name }) }
    $found = @(foreach ($directory in $script:Farm.exchange.virtualDirectories) {
            if ($servers -notcontains $directory.server) { continue }
            if ($identity -ne '' -and (Get-DirectoryIdentity $directory) -ne $identity) { continue }
            if ($identity -eq '' -and $directory.website -ne 'Default Web Site' -and -not $Bound['ShowMailboxVirtualDirectories']) { continue }
            $directory })
    if ($identity -ne '' -and $found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $identity }
    foreach ($directory in $found) {
        New-RemotingCopy 'Data.Directory.Management.ADOwaVirtualDirectory' @{
            Identity = Get-DirectoryIdentity $directory; Name = "owa ($($directory.website))"; Server = $directory.server; WebSite = $directory.website
            OwaVersion = 'Exchange2013'; InstantMessagingEnabled = $directory.settings.InstantMessagingEnabled; InstantMessagingType = $directory.settings.InstantMessagingType
            InstantMessagingServerName = ''; InstantMessagingCertificateThumbprint = '' }
    }
}

function Get-DirectoryIdentity {
    param($Directory)
    "$($Directory.server)\owa ($($Directory.website))"
}

$script:Behaviour['Set-OwaVirtualDirectory'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    $directory = $script:Farm.exchange.virtualDirectories | Where-Object { (Get-DirectoryIdentity $_) -eq $identity } | Select-Object -First 1
    if ($null -eq $directory) { Write-ObjectNotFound $Cmdlet $identity; return }
    if (-not (Start-Mutation $Cmdlet (Get-DirectoryIdentity $directory) $Bound @('Identity'))) { return }
    Set-Setting $directory.settings $Bound @('Identity', 'DomainController')
    Complete-Mutation
}

$script:Behaviour['Get-OwaMailboxPolicy'] = {
    param($Bound, $Cmdlet)
    foreach ($policy in @(Select-ByName $Cmdlet $script:Farm.exchange.policies $Bound['Identity'])) {
        New-RemotingCopy 'Data.Directory.SystemConfiguration.OwaMailboxPolicy' @{
            Identity = $policy.name; Name = $policy.name; IsDefault = $policy.name -eq 'Default'
            InstantMessagingEnabled = $policy.settings.InstantMessagingEnabled; InstantMessagingType = $policy.settings.InstantMessagingType }
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
        $servers = @($script:Farm.exchange.servers | Where-Object { @($_.umDialPlans) -contains $plan.name } | ForEach-Object { $_.name })
        New-RemotingCopy 'Data.Directory.SystemConfiguration.UMDialPlan' @{ Identity = $plan.name; Name = $plan.name; URIType = $plan.uriType; UMServers = $servers; VoIPSecurity = 'Secured' }
    }
}

$script:Behaviour['Get-UMService'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'] | Where-Object { @($_.roles) -contains 'Mailbox' })) {
        New-RemotingCopy 'Data.Directory.Management.UMServer' @{ Identity = $server.name; Name = $server.name; DialPlans = @($server.umDialPlans); UMStartupMode = 'TLS'; Status = 'Enabled' }
    }
}

$script:Behaviour['Get-UMCallRouterSettings'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Server'] | Where-Object { @($_.roles) -contains 'ClientAccess' })) {
        New-RemotingCopy 'Data.Directory.Management.SIPFEServerConfiguration' @{ Identity = "$($server.name)\UMCallRouterSettings"; Name = 'UMCallRouterSettings'; Server = $server.name; DialPlans = @($server.callRouterDialPlans); UMStartupMode = 'TLS' }
    }
}

$script:Behaviour['Set-UMService'] = {
    param($Bound, $Cmdlet)
    Set-DialPlanList $Cmdlet $Bound 'Identity' 'Mailbox' 'umDialPlans'
}

$script:Behaviour['Set-UMCallRouterSettings'] = {
    param($Bound, $Cmdlet)
    Set-DialPlanList $Cmdlet $Bound 'Server' 'ClientAccess' 'callRouterDialPlans'
}

function Set-DialPlanList {
    param($Cmdlet, $Bound, [string]$Identifies, [string]$Role, [string]$List)
    foreach ($server in @(Select-Server $Cmdlet $Bound[$Identifies])) {
        if (@($server.roles) -notcontains $Role) { Write-ObjectNotFound $Cmdlet $server.name; continue }
        if ($Bound.ContainsKey('DialPlans')) { Stop-IfDialPlanIsUnknown $Cmdlet $Bound['DialPlans'] }
        if (-not (Start-Mutation $Cmdlet $server.name $Bound @($Identifies))) { continue }
        if ($Bound.ContainsKey('DialPlans')) { $server.$List = @(Get-ChangedList $server.$List $Bound['DialPlans']) }
        Update-KnownServer
        Complete-Mutation
    }
}

$script:Behaviour['Get-ExchangeCertificate'] = {
    param($Bound, $Cmdlet)
    $identity = if ($Bound['Server']) { $Bound['Server'] } else { $script:Session.host }
    foreach ($server in @(Select-Server $Cmdlet $identity)) {
        $found = @($server.certificates | Where-Object { -not $Bound['Thumbprint'] -or $_.thumbprint -eq $Bound['Thumbprint'] })
        if ($Bound['Thumbprint'] -and $found.Count -eq 0) { Write-CmdletError $Cmdlet 'CertificateNotFound' "The certificate with thumbprint $($Bound['Thumbprint']) was not found on server $($server.name)." }
        foreach ($certificate in $found) {
            New-RemotingCopy 'Data.X509Certificate' @{
                Thumbprint = $certificate.thumbprint; Subject = $certificate.subject; CertificateDomains = @($certificate.names); HasPrivateKey = $certificate.hasPrivateKey
                NotBefore = (Get-FarmTime 0).AddDays($certificate.notBeforeDays); NotAfter = (Get-FarmTime 0).AddDays($certificate.notAfterDays)
                Status = $certificate.status; Services = 'IIS, SMTP'; Issuer = 'CN=Farm CA'; IsSelfSigned = $false; FriendlyName = 'Exchange' }
        }
    }
}

$script:Behaviour['Get-ServerHealth'] = {
    param($Bound, $Cmdlet)
    foreach ($server in @(Select-Server $Cmdlet $Bound['Identity'])) {
        $machine = Find-Object $script:Farm.hosts 'fqdn' $server.fqdn
        New-RemotingCopy 'Monitoring.MonitorHealthEntry' @{
            Server = $server.name; HealthSetName = 'OWA.Protocol.Dep'; Name = 'OwaIMInitializationFailedMonitor'; TargetResource = ''
            AlertValue = $machine.imHealth; CurrentHealthSetState = 'NotApplicable'; State = 'NotApplicable' }
    }
}

function Select-Mailbox {
    param($Cmdlet, $Identity)
    $address = Get-BoundIdentity $Identity
    if ($address -eq '') { return $script:Farm.exchange.mailboxes }
    $found = @($script:Farm.exchange.mailboxes | Where-Object { $_.address -eq $address })
    if ($found.Count -eq 0) { Write-ObjectNotFound $Cmdlet $address }
    $found
}

$script:Behaviour['Get-Mailbox'] = {
    param($Bound, $Cmdlet)
    foreach ($mailbox in @(Select-Mailbox $Cmdlet $Bound['Identity'])) {
        New-RemotingCopy 'Data.Directory.Management.Mailbox' @{
            Identity = $mailbox.address; PrimarySmtpAddress = $mailbox.address; EmailAddresses = @("SMTP:$($mailbox.address)", "sip:$($mailbox.address)")
            ServerName = $mailbox.server; AdminDisplayVersion = $script:Farm.exchange.servers[0].version; RecipientTypeDetails = 'UserMailbox'; ExchangeVersion = '0.20 (15.0.0.0)' }
    }
}

$script:Behaviour['Get-CASMailbox'] = {
    param($Bound, $Cmdlet)
    foreach ($mailbox in @(Select-Mailbox $Cmdlet $Bound['Identity'])) {
        New-RemotingCopy 'Data.Directory.Management.CASMailbox' @{ Identity = $mailbox.address; PrimarySmtpAddress = $mailbox.address; OwaMailboxPolicy = $mailbox.policy; OWAEnabled = $true }
    }
}
