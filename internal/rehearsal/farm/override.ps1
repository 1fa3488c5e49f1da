# Setting overrides, from Exchange 2016 on: Active Directory holds them, a server reads them when it is told to refresh,
# and OWA takes them over when its application pool starts.

$script:Behaviour['Get-SettingOverride'] = {
    param($Bound, $Cmdlet)
    foreach ($override in @(Select-ByName $Cmdlet $script:Farm.exchange.directory.overrides $Bound['Identity'])) { New-OverrideCopy $override }
}

function New-OverrideCopy {
    param($Override)
    New-RemotingCopy 'Data.Directory.SystemConfiguration.SettingOverride' @{
        Name = $Override.name; Identity = $Override.name; ComponentName = $Override.component; SectionName = $Override.section
        Parameters = @($Override.parameters); Server = @($Override.servers); Reason = $Override.reason; MinVersion = $null; MaxVersion = $null; ModifiedBy = 'FARM\admin' }
}

function Stop-IfParameterIsMalformed {
    param($Cmdlet, $Parameter)
    foreach ($one in @($Parameter)) { if ([string]$one -notmatch '^[^=]+=.') { Stop-Cmdlet $Cmdlet "The override's parameter '$one' is not of the form name=value." } }
}

$script:Behaviour['New-SettingOverride'] = {
    param($Bound, $Cmdlet)
    $directory = $script:Farm.exchange.directory
    if ($null -ne (Find-Object $directory.overrides 'name' $Bound['Name'])) { Stop-Cmdlet $Cmdlet "The setting override '$($Bound['Name'])' already exists." }
    Stop-IfParameterIsMalformed $Cmdlet $Bound['Parameters']
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

# "Refresh" has the server read the overrides again, "Overrides" shows those that it runs with.
$script:Behaviour['Get-ExchangeDiagnosticInfo'] = {
    param($Bound, $Cmdlet)
    $identity = if ($Bound['Server']) { $Bound['Server'] } else { $script:Session.host }
    foreach ($server in @(Select-Server $Cmdlet $identity)) {
        $machine = Find-Object $script:Farm.hosts 'fqdn' $server.fqdn
        $answer = ''
        if ($Bound['Process'] -eq 'Microsoft.Exchange.Directory.TopologyService' -and $Bound['Component'] -eq 'VariantConfiguration') {
            if ($Bound['Argument'] -eq 'Refresh') { Update-RunningOverride $Cmdlet $server $machine $Bound }
            if ('Refresh', 'Overrides' -contains $Bound['Argument']) { $answer = Format-RunningOverride $server $machine }
        }
        New-RemotingCopy 'Data.Directory.Management.DiagnosticInfo' @{ Server = $server.name; Result = "<Diagnostics><Components>$answer</Components></Diagnostics>" }
    }
}

# The cmdlet knows no -WhatIf.
function Update-RunningOverride {
    param($Cmdlet, $Server, $Machine, $Bound)
    $parameters = @{}
    foreach ($name in 'Process', 'Component', 'Argument') { $parameters[$name] = [string]$Bound[$name] }
    if (-not (Send-Attempt 'cmdlet' 'Get-ExchangeDiagnosticInfo' $Server.name $parameters)) {
        Stop-Cmdlet $Cmdlet "Get-ExchangeDiagnosticInfo failed on $($Server.name): the rehearsal lets this change fail."
    }
    $Machine.running = @((Copy-State @(Get-ReplicatedOverride $Server.fqdn)))
    Complete-Mutation
}

function Test-OverrideIsFor {
    param($Override, [string]$Fqdn)
    @($Override.servers).Count -eq 0 -or @($Override.servers) -contains $Fqdn.Split('.')[0]
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
    foreach ($override in $Machine.running) {
        if ($override.component -ne 'OwaServer' -or $override.section -ne 'IMSettings' -or -not (Test-OverrideIsFor $override $Machine.fqdn)) { continue }
        $values = @{}
        foreach ($parameter in $override.parameters) { $name, $value = ([string]$parameter) -split '=', 2; $values[$name] = $value }
        $Pool.serverName = [string]$values['IMServerName']
        $Pool.thumbprint = [string]$values['IMCertificateThumbprint']
        return
    }
}
