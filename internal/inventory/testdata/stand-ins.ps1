# Stand-ins for what the inventory scripts read, with the shapes that real servers return. $args: the farm (JSON), the
# script, the folder that the script writes into, more switches of the script.
param([string]$FarmFile, [string]$Script, [string]$Folder, [string]$Switches)

enum InstantMessagingTypeOptions { None; Ocs }
enum CertificateStatus { Unknown; Valid; Revoked; DateInvalid; Untrusted; Invalid; RevocationCheckFailure }
enum UMUriType { TelExtn = 2; E164; SipName }

$global:Farm = Get-Content -LiteralPath $FarmFile -Raw | ConvertFrom-Json

# A remote shell without the product's types hands over what the serialiser leaves of an object.
function global:Out-Shell {
    param($Object)
    if (-not $global:Farm.degraded) { return $Object }
    [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($Object, 1))
}

# An object whose ToString() is its text, as an ADObjectId or a ServerVersion is.
class Named {
    [string]$Hidden = 'not the text'
    [string]$Text
    [string] ToString() { return $this.Text }
}
function global:New-Named { param([string]$Text) [Named]@{ Text = $Text } }

function global:Stop-NotFound { param([string]$Name) throw "The operation couldn't be performed because object '$Name' couldn't be found." }

$behaviour = @{
    'Get-ExchangeServer' = {
        param([string]$Identity)
        $found = @($global:Farm.servers | Where-Object { $Identity -eq '' -or $_.name -eq $Identity -or $_.fqdn -eq $Identity })
        if ($found.Count -eq 0) { Stop-NotFound $Identity }
        foreach ($server in $found) {
            Out-Shell ([pscustomobject]@{ Name = $server.name; Fqdn = $server.fqdn; Identity = New-Named $server.name; AdminDisplayVersion = New-Named $server.version
                    ServerRole = $server.roles; IsClientAccessServer = $true; Site = New-Named "contoso.com/Configuration/Sites/$($server.site)" })
        }
    }
    'Get-ExchangeCertificate' = {
        param([string]$Server)
        $machine = $global:Farm.servers | Where-Object { $_.fqdn -eq $Server }
        if ($machine.down) { throw "The server $Server cannot be reached.`r`nThe RPC server is unavailable." }
        foreach ($item in $machine.certificates) {
            $raw = [Convert]::FromBase64String($item.raw)
            if ($global:Farm.degraded) { [pscustomobject]@{ PSComputerName = $Server; RawData = $raw; SerializationData = $raw }; continue }
            $certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2 (, $raw)
            [pscustomobject]@{ Thumbprint = $certificate.Thumbprint; Subject = $certificate.Subject; CertificateDomains = @($item.names | ForEach-Object { New-Named $_ })
                NotBefore = $certificate.NotBefore; NotAfter = $certificate.NotAfter; HasPrivateKey = $true; IsSelfSigned = $false
                Status = [CertificateStatus]'Valid'; RootCAType = 'ThirdParty'; RawData = $raw }
        }
    }
    'Get-OwaVirtualDirectory' = {
        param([switch]$ADPropertiesOnly)
        foreach ($server in $global:Farm.servers) {
            Out-Shell ([pscustomobject]@{ Server = New-Named $server.name; Identity = New-Named "$($server.name)\owa (Default Web Site)"; InternalUrl = [uri]"https://$($server.fqdn)/owa"
                    ExternalUrl = [uri]'https://owa-dub.contoso.com/owa'; InstantMessagingEnabled = $true; InstantMessagingType = [InstantMessagingTypeOptions]'Ocs' })
        }
    }
    'Get-OwaMailboxPolicy' = {
        Out-Shell ([pscustomobject]@{ Name = 'Default'; IsDefault = $true; InstantMessagingEnabled = $true; InstantMessagingType = [InstantMessagingTypeOptions]'None' })
    }
    'Get-CASMailbox' = {
        param($ResultSize)
        if ("$ResultSize" -ne 'Unlimited') { throw 'only the first 1000 mailboxes are returned' }
        foreach ($i in 1..3) { Out-Shell ([pscustomobject]@{ Name = "User $i"; ServerName = 'dub-mbx-01'; OwaMailboxPolicy = $(if ($i -lt 3) { New-Named 'Default' }) }) }
    }
    'Get-UMDialPlan' = { Out-Shell ([pscustomobject]@{ Name = 'Dublin plan'; UriType = [UMUriType]'SipName' }) }
    'Get-UMService' = { Out-Shell ([pscustomobject]@{ Name = 'DUB-MBX-01'; DialPlans = @(New-Named 'Dublin plan') }) }
    'Get-UMCallRouterSettings' = {
        param([string]$Server)
        Out-Shell ([pscustomobject]@{ Server = New-Named $Server; DialPlans = @() })
    }
    'Get-SettingOverride' = {
        foreach ($component in 'OwaServer', 'Other') {
            Out-Shell ([pscustomobject]@{ Name = "one of $component"; ComponentName = $component; SectionName = 'IMSettings'; Server = @('DUB-MBX-01'); Parameters = @('IMServerName=lync-dub.contoso.com') })
        }
    }
    'Get-ExchangeDiagnosticInfo' = {
        param([string]$Server, [string]$Process, [string]$Component, [string]$Argument)
        if ($Argument -eq 'Refresh') { throw 'the inventory changed the server' }
        Out-Shell ([pscustomobject]@{ Result = '<Diagnostics><Components><VariantConfiguration><Overrides><SettingOverride><Name>one</Name><ComponentName>OwaServer</ComponentName>' +
                '<SectionName>IMSettings</SectionName><Status>Accepted</Status><Parameters><Parameter>IMServerName=a</Parameter></Parameters></SettingOverride></Overrides></VariantConfiguration></Components></Diagnostics>' })
    }
    'Get-WebAppPoolState' = { param([string]$Name) [pscustomobject]@{ Value = 'Started' } }
    'Get-CsServerVersion' = { 'Lync Server 2013 (5.0.8308.0): Volume license key installed.' }
    'Get-CsSite' = { [pscustomobject]@{ Identity = 'Site:Dublin1'; SiteId = 1; DisplayName = "Dublin, 'Ireland'"; SiteType = 'CentralSite' } }
    'Get-CsPool' = {
        [pscustomobject]@{ Identity = 'lync-dub.contoso.com'; Fqdn = 'Lync-Dub.contoso.com'; Site = 'Site:Dublin1'; Services = @('UserServer:lync-dub.contoso.com', 'Registrar:lync-dub.contoso.com'); Computers = @('DUB-FE-01.contoso.com') }
        [pscustomobject]@{ Identity = 'store.contoso.com'; Fqdn = 'store.contoso.com'; Site = 'Site:Dublin1'; Services = @('FileStore:store.contoso.com'); Computers = @('store.contoso.com') }
    }
    'Get-CsTrustedApplicationPool' = { [pscustomobject]@{ Identity = 'TrustedApplicationPool:owa-dub.contoso.com'; PoolFqdn = 'owa-dub.contoso.com'; Registrar = 'Registrar:lync-dub.contoso.com'; SiteId = 'Site:Dublin1' } }
    'Get-CsTrustedApplicationComputer' = { [pscustomobject]@{ Identity = 'DUB-MBX-01.contoso.com'; Fqdn = 'DUB-MBX-01.contoso.com'; Pool = 'owa-dub.contoso.com' } }
    'Get-CsTrustedApplication' = { [pscustomobject]@{ ApplicationId = 'urn:application:outlookwebapp'; TrustedApplicationPoolFqdn = 'owa-dub.contoso.com'; Port = 5199 } }
    'Get-CsManagementStoreReplicationStatus' = { [pscustomobject]@{ ReplicaFqdn = 'DUB-FE-01.contoso.com'; UpToDate = $true; LastStatusReport = [datetime]'2026-03-02T09:00:00' } }
}
foreach ($name in $behaviour.Keys) {
    if ($global:Farm.absent -notcontains $name) { Set-Item -LiteralPath "function:global:$name" -Value $behaviour[$name] }
}

# What the host itself tells.
function global:Get-Date { [datetime]'2026-03-02T09:14:00Z' }
function global:Get-ItemProperty {
    [CmdletBinding()]
    param([string]$LiteralPath)
    switch -Wildcard ($LiteralPath) {
        '*Tcpip*' { [pscustomobject]@{ Hostname = $global:Farm.host; Domain = 'contoso.com' } }
        '*Setup' { if ($global:Farm.install) { [pscustomobject]@{ MsiInstallPath = $global:Farm.install } } }
        '*InstantMessaging' { [pscustomobject]@{ ImplementationDLLPath = $global:Farm.dll } }
    }
}
function global:Get-Service {
    [CmdletBinding()]
    param([string]$Name)
    if ($global:Farm.services -contains $Name) { [pscustomobject]@{ Name = $Name; Status = 'Running' } } else { Write-Error "Cannot find any service with service name '$Name'." }
}
function global:Get-WinEvent {
    [CmdletBinding()]
    param([hashtable]$FilterHashtable, [long]$MaxEvents)
    $found = @($global:Farm.events | Where-Object { $_.log -eq $FilterHashtable.LogName -and @($FilterHashtable.Id) -contains $_.id })
    if ($global:Farm.noEventLog) { throw (New-Object UnauthorizedAccessException 'Attempted to perform an unauthorized operation.') }
    if ($found.Count -eq 0) { $PSCmdlet.ThrowTerminatingError((New-Object Management.Automation.ErrorRecord (New-Object Exception 'No events were found.'), 'NoMatchingEventsFound', 'ObjectNotFound', $null)) }
    foreach ($one in $found) { [pscustomobject]@{ Id = $one.id; TimeCreated = [datetime]$one.time; Message = $one.message } }
}

$more = @{}
foreach ($switch in $Switches -split ' ' -ne '') { $more[$switch] = $true }
& $Script -Folder $Folder @more
exit $LASTEXITCODE
