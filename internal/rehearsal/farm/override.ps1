# Setting overrides, from Exchange 2016 on: Active Directory holds them, a server reads them when it is told to refresh,
# and OWA takes them over when its application pool starts.

$script:Behaviour['Get-SettingOverride'] = {
    param($Bound, $Cmdlet)
    foreach ($override in @(Select-ByName $Cmdlet $script:Farm.exchange.directory.overrides $Bound['Identity'])) { New-OverrideCopy $override }
}

function New-OverrideCopy {
    param($Override)
    New-ExchangeObject 'Data.Directory.SystemConfiguration.ConfigurationSettings.SettingOverride' $Override.name @{
        Name = $Override.name; Identity = New-DirectoryId $Override.name; ComponentName = $Override.component; SectionName = $Override.section
        Parameters = @($Override.parameters); Server = @($Override.servers); Reason = $Override.reason; MinVersion = $null; MaxVersion = $null; ModifiedBy = 'FARM\admin' }
}

function Stop-IfParameterIsMalformed {
    param($Cmdlet, $Parameter)
    foreach ($one in @($Parameter)) { if ([string]$one -notmatch '^[^=]+=.') { Stop-Cmdlet $Cmdlet "The override's parameter '$one' is not of the form name=value." } }
}

# No servers means every server of the forest, also of other people's: no script may reach that far.
function Stop-IfScopeIsEmpty {
    param($Cmdlet, $Bound, [string]$Name)
    if ($script:Session.person -or @($Bound['Server'] | Where-Object { $_ }).Count -gt 0) { return }
    Stop-CarelessCall $Cmdlet "$($Cmdlet.MyInvocation.MyCommand.Name) $Name without -Server reaches every server of the forest"
}

$script:Behaviour['New-SettingOverride'] = {
    param($Bound, $Cmdlet)
    $directory = $script:Farm.exchange.directory
    if ($null -ne (Find-Object $directory.overrides 'name' $Bound['Name'])) { Stop-Cmdlet $Cmdlet "The setting override '$($Bound['Name'])' already exists." }
    Stop-IfParameterIsMalformed $Cmdlet $Bound['Parameters']
    Stop-IfScopeIsEmpty $Cmdlet $Bound $Bound['Name']
    if (-not (Start-Mutation $Cmdlet $Bound['Name'] $Bound @('Name'))) { return }
    Save-EarlierOverride
    $override = New-Object PSObject -Property @{
        name = $Bound['Name']; component = $Bound['Component']; section = $Bound['Section']; parameters = @($Bound['Parameters'])
        servers = @($Bound['Server'] | Where-Object { $_ }); reason = $Bound['Reason'] }
    $directory.overrides = @($directory.overrides) + @($override)
    Complete-Mutation
    New-OverrideCopy $override
}

# -Parameters and -Server replace what was there.
$script:Behaviour['Set-SettingOverride'] = {
    param($Bound, $Cmdlet)
    $identity = Get-BoundIdentity $Bound['Identity']
    if ($null -eq (Find-Object $script:Farm.exchange.directory.overrides 'name' $identity)) { Write-ObjectNotFound $Cmdlet $identity; return }
    Stop-IfParameterIsMalformed $Cmdlet $Bound['Parameters']
    if ($Bound.ContainsKey('Server')) { Stop-IfScopeIsEmpty $Cmdlet $Bound $identity }
    if (-not (Start-Mutation $Cmdlet $identity $Bound @('Identity'))) { return }
    Save-EarlierOverride
    $override = Find-Object $script:Farm.exchange.directory.overrides 'name' $identity
    if ($Bound.ContainsKey('Parameters')) { $override.parameters = @($Bound['Parameters']) }
    if ($Bound.ContainsKey('Server')) { $override.servers = @($Bound['Server'] | Where-Object { $_ }) }
    if ($Bound.ContainsKey('Reason')) { $override.reason = $Bound['Reason'] }
    Complete-Mutation
}

$script:Behaviour['Remove-SettingOverride'] = {
    param($Bound, $Cmdlet)
    $directory = $script:Farm.exchange.directory
    $identity = Get-BoundIdentity $Bound['Identity']
    if ($null -eq (Find-Object $directory.overrides 'name' $identity)) { Write-ObjectNotFound $Cmdlet $identity; return }
    if (-not (Start-Mutation $Cmdlet $identity $Bound @('Identity'))) { return }
    Save-EarlierOverride
    $directory.overrides = @($directory.overrides | Where-Object { $_.name -ne $identity })
    Complete-Mutation
}

function Save-EarlierOverride {
    $directory = $script:Farm.exchange.directory
    $directory.earlier = @((Copy-State @($directory.overrides)))
    $directory.changedOn = $script:Session.host
    $directory.changedAt = $script:Farm.clock
}

# The overrides as the domain controller of that server has them.
function Get-ReplicatedOverride {
    param([string]$Fqdn)
    $directory = $script:Farm.exchange.directory
    $late = $directory.changedOn -ne $Fqdn -and $script:Farm.clock -lt $directory.changedAt + $directory.replicationSeconds
    if ($late) { $directory.earlier } else { $directory.overrides }
}

# "Refresh" has the server read the overrides again, "Overrides" shows those that it runs with. The values in effect are
# shown by another process and argument up to Exchange 2016 CU3 (the page that configures instant messaging). A process
# that is not registered has no component, and the answer says so (recorded).
$script:LastBuildOfCU3 = 544
$script:Behaviour['Get-ExchangeDiagnosticInfo'] = {
    param($Bound, $Cmdlet)
    $identity = if ($Bound['Server']) { $Bound['Server'] } else { $script:Session.server }
    foreach ($server in @(Select-Server $Cmdlet $identity)) {
        $machine = Find-Object $script:Farm.hosts 'fqdn' $server.fqdn
        $answer = '<ProcessLocator><error>Specified process is not registered: {0}</error></ProcessLocator>' -f [Security.SecurityElement]::Escape($Bound['Process'])
        if (@($machine.processes) -contains $Bound['Process']) {
            $answer = '<ProcessInfo><id>3836</id><serverName>{0}</serverName></ProcessInfo><Components>{1}</Components>' -f $server.name, (Get-ComponentInfo $Cmdlet $server $machine $Bound)
        }
        New-ExchangeObject 'Management.Powershell.Support.ExchangeDiagnosticInfoResult' "<Diagnostics>$answer</Diagnostics>" @{ Identity = $null; Result = "<Diagnostics>$answer</Diagnostics>" }
    }
}

function Get-ComponentInfo {
    param($Cmdlet, $Server, $Machine, $Bound)
    if ($Bound['Component'] -ne 'VariantConfiguration') { return '' }
    Complete-Refresh $Machine
    $old = $Server.version -match '^Version 15\.1 \(Build (\d+)\.' -and [int]$Matches[1] -le $script:LastBuildOfCU3
    $shows, $asked = if ($old) { 'Microsoft.Exchange.Directory.TopologyService', 'Config' } else { 'MSExchangeMailboxAssistants', 'Config,Component=OwaServer' }
    if ($Bound['Process'] -eq $shows -and $Bound['Argument'] -eq $asked) { return Format-EffectiveSetting $Machine }
    if ($Bound['Process'] -ne 'Microsoft.Exchange.Directory.TopologyService') { return '' }
    if ($Bound['Argument'] -eq 'Refresh') { Update-RunningOverride $Cmdlet $Server $Machine $Bound }
    if ('Refresh', 'Overrides' -contains $Bound['Argument']) { Format-RunningOverride $Server $Machine }
}

function Format-EffectiveSetting {
    param($Machine)
    $pool = New-Object PSObject -Property @{ serverName = ''; thumbprint = '' }
    Read-OverrideSetting $pool $Machine
    '<VariantConfiguration><Configuration><OwaServer><IMSettings>{0}{1}</IMSettings></OwaServer></Configuration></VariantConfiguration>' -f (Format-Element 'IMServerName' $pool.serverName), (Format-Element 'IMCertificateThumbprint' $pool.thumbprint)
}

# The cmdlet knows no -WhatIf.
function Update-RunningOverride {
    param($Cmdlet, $Server, $Machine, $Bound)
    $parameters = @{}
    foreach ($name in 'Process', 'Component', 'Argument') { $parameters[$name] = [string]$Bound[$name] }
    if (-not (Send-Attempt 'cmdlet' 'Get-ExchangeDiagnosticInfo' $Server.name $parameters)) {
        Stop-Cmdlet $Cmdlet "Get-ExchangeDiagnosticInfo failed on $($Server.name): the rehearsal lets this change fail."
    }
    $Machine.coming = @((Copy-State @(Get-ReplicatedOverride $Server.fqdn)))
    $Machine.comingAt = $script:Farm.clock + 45
    Complete-Mutation
}

# No page says how long a server takes to run with what it has read, nor whether another refresh begins that anew: here it
# takes a while, and a refresh does.
function Complete-Refresh {
    param($Machine)
    if ($Machine.comingAt -eq 0 -or $script:Farm.clock -lt $Machine.comingAt) { return }
    $Machine.running, $Machine.coming, $Machine.comingAt = @($Machine.coming), @(), 0
}

# -Server takes short names, wildcards allowed, and never FQDNs: one of these matches nothing. None means every server of
# the forest (cmdlet page Set-SettingOverride).
function Test-OverrideIsFor {
    param($Override, [string]$Fqdn)
    @($Override.servers).Count -eq 0 -or @($Override.servers | Where-Object { $Fqdn.Split('.')[0] -like $_ }).Count -gt 0
}

function Format-RunningOverride {
    param($Server, $Machine)
    $entries = foreach ($override in $Machine.running) {
        $status = if (Test-OverrideIsFor $override $Server.fqdn) { 'Accepted' } else { 'ServerMismatch' }
        $parameters = @($override.parameters | ForEach-Object { Format-Element 'Parameter' $_ }) -join ''
        '<SettingOverride>{0}{1}{2}{3}{4}{5}<Parameters>{6}</Parameters></SettingOverride>' -f (Format-Element 'Name' $override.name), (Format-Element 'Reason' $override.reason),
        (Format-Element 'ModifiedBy' 'FARM\admin'), (Format-Element 'ComponentName' $override.component), (Format-Element 'SectionName' $override.section), (Format-Element 'Status' $status), $parameters
    }
    '<VariantConfiguration><Overrides Updated="{0:o}">{1}</Overrides></VariantConfiguration>' -f (Get-FarmTime $script:Farm.clock), ($entries -join '')
}

function Format-Element {
    param([string]$Name, [string]$Text)
    '<{0}>{1}</{0}>' -f $Name, [Security.SecurityElement]::Escape($Text)
}

# What OWA reads when its pool starts: the override for instant messaging that the server runs with. web.config is ignored.
function Read-OverrideSetting {
    param($Pool, $Machine)
    Complete-Refresh $Machine
    foreach ($override in $Machine.running) {
        if ($override.component -ne 'OwaServer' -or $override.section -ne 'IMSettings' -or -not (Test-OverrideIsFor $override $Machine.fqdn)) { continue }
        $values = @{}
        foreach ($parameter in $override.parameters) { $name, $value = ([string]$parameter) -split '=', 2; $values[$name] = $value }
        $Pool.serverName = [string]$values['IMServerName']
        $Pool.thumbprint = [string]$values['IMCertificateThumbprint']
        return
    }
}
