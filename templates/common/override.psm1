# ---- settings: the setting override in Active Directory that holds the Lync pool and the certificate -------------
# Exchange 2016 and later read both from a setting override. A server reads the overrides now and then, and when it is told to
# refresh; OWA takes them over when its application pool starts. An override is for the servers whose names (not FQDNs) match its
# scope, and without a scope for every server (Microsoft's page New-SettingOverride).

# Returns the setting overrides for instant messaging, as Active Directory has them.
function Find-ImOverride {
    [CmdletBinding()] param()
    Get-SettingOverride -ErrorAction Stop | Where-Object { [string]$_.ComponentName -eq 'OwaServer' -and [string]$_.SectionName -eq 'IMSettings' }
}

# Returns the names in the scope of an override; nothing for every server.
function Get-OverrideScope {
    [CmdletBinding()] param($Override)
    $Override.Server | ForEach-Object { "$_" } | Where-Object { $_ -ne '' }
}

# Returns those of the server names that an override is for. A scope can have wildcards.
function Get-OverrideMatch {
    [CmdletBinding()] param($Override, [string[]]$Name)
    $scope = @(Get-OverrideScope -Override $Override | ForEach-Object { Get-ShortName -Fqdn $_ })
    foreach ($one in $Name) { if ($scope.Count -eq 0 -or @($scope | Where-Object { $one -like $_ }).Count -gt 0) { $one } }
}

# Returns a setting override as a back-out needs it.
function Get-OverrideState {
    [CmdletBinding()] [OutputType([hashtable])] param([string]$Name)
    foreach ($found in @(Find-ImOverride)) {
        if ($Name -ne [string]$found.Name) { continue }
        return @{ Exists = $true; Parameters = @($found.Parameters | ForEach-Object { "$_" }); Servers = @(Get-OverrideScope -Override $found); Reason = "$($found.Reason)" }
    }
    @{ Exists = $false; Parameters = @(); Servers = @(); Reason = '' }
}

# Tells whether a setting override has these parameters and this scope; Exists = $false stands for none.
function Test-OverrideState {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name, $Wanted)
    $now = Get-OverrideState -Name $Name
    if (-not $Wanted.Exists) { return -not $now.Exists }
    $now.Exists -and (Test-SameList -Left $now.Parameters -Right @($Wanted.Parameters)) -and (Test-SameList -Left $now.Servers -Right @($Wanted.Servers))
}

# Tells whether two lists hold the same texts, in whatever order and letter case.
function Test-SameList {
    [CmdletBinding()] [OutputType([bool])] param([string[]]$Left, [string[]]$Right)
    $Left.Count -eq $Right.Count -and @($Left | Where-Object { $Right -notcontains $_ }).Count -eq 0
}

# Returns the servers that an override is for and the topology does not declare.
function Get-UndeclaredServer {
    [CmdletBinding()] param($Override, [string[]]$Declared)
    foreach ($name in @(Get-OverrideMatch -Override $Override -Name (Get-OverrideReader))) { if ($Declared -notcontains $name) { $name } }
}

# Checks that an override can go, and can come back as it was: it holds this integration's settings and nothing else, for declared
# servers only. One without a scope is for every server, also for those that are still to come.
function Test-OverrideRemoval {
    [CmdletBinding()] param([hashtable]$Override, [string[]]$Declared)
    $subject = "setting override $($Override.Name)"
    $own = @(Find-ImOverride | Where-Object { $Override.Name -eq [string]$_.Name })
    foreach ($one in $own) {
        $scope = @(Get-OverrideScope -Override $one)
        $foreign = @(Get-UndeclaredServer -Override $one -Declared $Declared)
        $where = if ($scope.Count -eq 0) { 'every server' } else { $scope -join ', ' }
        Get-Check -Passed ($scope.Count -gt 0 -and $foreign.Count -eq 0) -Subject $subject -Good 'is for declared servers only' -Bad "is for $where$(if ($foreign.Count -gt 0) { ", so also for $($foreign -join ', ')" }), and this change must not take instant messaging away from other servers; narrow its scope in a change of its own, or declare them"
        $parameters = @($one.Parameters | ForEach-Object { "$_" })
        $pool = @($Override.Parameters | Where-Object { $_ -like 'IMServerName=*' })[0]
        Get-Check -Passed ($parameters -contains $pool) -Subject $subject -Good "names the Lync pool of the topology" -Bad "does not have $pool, so it is not of this integration ($($parameters -join ', ')); find its owner"
        $lost = @($parameters | Where-Object { $_ -notlike 'IMServerName=*' -and $_ -notlike 'IMCertificateThumbprint=*' }) + @(foreach ($name in @('MinVersion', 'MaxVersion')) { if ("$(Get-PropertyValue -Subject $one -Name $name)" -ne '') { $name } })
        Get-Check -Passed ($lost.Count -eq 0) -Subject $subject -Good 'holds nothing else' -Bad "holds more than this integration sets: $($lost -join ', '); find its owner"
    }
    if ($own.Count -eq 0) { Get-Result -Status 'OK' -Subject $subject -Text 'does not exist: there is nothing to remove' }
    $others = @(Find-ImOverride | Where-Object { $Override.Name -ne [string]$_.Name -and @(Get-OverrideMatch -Override $_ -Name $Override.Servers).Count -gt 0 } | ForEach-Object { [string]$_.Name })
    if ($others.Count -gt 0) { Get-Result -Status 'WARNING' -Subject $subject -Text "other overrides for these servers stay: $($others -join ', '). They are not of this change; find their owner" }
}

# Checks that an override can be created or updated: its name is free or its own, no server loses instant messaging by its scope,
# and no other override is for one of its servers, because one would shadow the other. -Ignore: overrides that are no others.
function Test-Override {
    [CmdletBinding()] param([hashtable]$Override, [string[]]$Ignore, [string[]]$Declared, [switch]$Renews)
    $subject = "setting override $($Override.Name)"
    $own, $foreign, $others = $null, $false, @()
    foreach ($one in @(Get-SettingOverride -ErrorAction Stop)) {
        $isMessaging = [string]$one.ComponentName -eq 'OwaServer' -and [string]$one.SectionName -eq 'IMSettings'
        if ($Override.Name -eq [string]$one.Name) {
            if ($isMessaging) { $own = $one } else { $foreign = $true }
        } elseif ($isMessaging -and $Ignore -notcontains [string]$one.Name -and @(Get-OverrideMatch -Override $one -Name $Override.Servers).Count -gt 0) {
            $others += [string]$one.Name
        }
    }
    Get-Check -Passed (-not $foreign) -Subject $subject -Good 'the name is not one of another section' -Bad 'is an override for another section; find its owner'
    if ($Override.TakenOver) { Get-Check -Passed ($null -ne $own) -Subject $subject -Good 'exists and is taken over' -Bad 'does not exist, so it cannot be taken over; see Get-SettingOverride and correct settingOverride, or leave it out' }
    if ($null -ne $own) {
        $losing = @(Get-UndeclaredServer -Override $own -Declared $Declared)
        $scope = @(Get-OverrideScope -Override $own) -join ', '
        Get-Check -Passed ($losing.Count -eq 0) -Subject $subject -Good 'is for declared servers only' -Bad "exists for $(if ($scope -eq '') { 'every server' } else { $scope }), so also for $($losing -join ', '), which the topology does not declare; the new scope would take instant messaging away there: declare them, or change the scope in a change of its own"
    }
    if ($Renews) {
        $pool = @($Override.Parameters | Where-Object { $_ -like 'IMServerName=*' })[0]
        $same = $null -ne $own -and @($own.Parameters | ForEach-Object { "$_" }) -contains $pool
        Get-Check -Passed $same -Subject $subject -Good "is there, with $pool" -Bad "is not there with $pool, so there is nothing to renew; run the change integrate instead"
    }
    Get-Check -Passed ($others.Count -eq 0) -Subject $subject -Good 'no other override is for its servers' -Bad "another override is for its servers: $($others -join ', '). Name it in settingOverride to take it over, or remove it in a change of its own (see Get-SettingOverride); if this change makes it too, run step 70 on its first server before"
}

# Checks that an override that gets more servers is there as the earlier topology says, or as this change makes it. Before is its
# earlier scope; none for a new override. Its parameters stay, because the servers of the earlier scope work with them.
function Test-GrowingOverride {
    [CmdletBinding()] param([hashtable]$Override)
    if ($Override.Before.Count -eq 0) { return }
    $now = Get-OverrideState -Name $Override.Name
    $right = $now.Exists -and (Test-SameList -Left $now.Parameters -Right $Override.Parameters) -and ((Test-SameList -Left $now.Servers -Right $Override.Before) -or (Test-SameList -Left $now.Servers -Right $Override.Servers))
    Get-Check -Passed $right -Subject "setting override $($Override.Name)" -Good 'is there as the earlier topology says' -Bad "is there with '$($now.Parameters -join ', ')' for '$($now.Servers -join ', ')', and the earlier topology says $($Override.Parameters -join ', ') for $($Override.Before -join ', '); find out who changed it, or run the change integrate instead"
}

# Checks that the canary can have an override to itself first: nothing that it does for other servers may end.
function Test-CanaryOverride {
    [CmdletBinding()] param([hashtable]$Override)
    $now = Get-OverrideState -Name $Override.Name
    $kept = -not $now.Exists -or (Test-SameList -Left $now.Servers -Right @(Get-ShortName -Fqdn $Override.Canary)) -or (Test-OverrideState -Name $Override.Name -Wanted $Override)
    $scope = if ($now.Servers.Count -eq 0) { 'every server' } else { $now.Servers -join ', ' }
    Get-Check -Passed ($Override.Canary -eq '' -or $kept) -Subject "setting override $($Override.Name)" -Good 'can be for the canary first' -Bad "exists for $scope, and a scope of the canary alone would take instant messaging away there; leave canary out of the topology, and have the new bundle approved"
}

# Returns the names of the servers that read setting overrides: OWA runs on Mailbox servers, and Exchange 2013 does not read them.
function Get-OverrideReader {
    [CmdletBinding()] param()
    Get-ExchangeServer -ErrorAction Stop | Where-Object { $_.IsMailboxServer -and [string]$_.AdminDisplayVersion -notmatch '^Version (8|14|15\.0)\b' } | ForEach-Object { [string]$_.Name }
}

# Returns both settings in parameters such as IMServerName=<fqdn> as one text, the same for the same settings.
function Get-SettingText {
    [CmdletBinding()] param([string[]]$Parameter)
    @(foreach ($key in @('IMServerName', 'IMCertificateThumbprint')) { "$key=" + (@($Parameter | Where-Object { $_ -like "$key=*" } | ForEach-Object { $_.Substring($key.Length + 1) }) -join ' ') }) -join ', '
}

# Returns the settings that Active Directory has for this computer.
function Get-StoredSetting {
    [CmdletBinding()] param()
    $name = Get-ShortName -Fqdn $script:Step.Host
    $found = @(Find-ImOverride | Where-Object { @(Get-OverrideMatch -Override $_ -Name $name).Count -gt 0 })
    if ($found.Count -gt 1) { throw "$($found.Count) setting overrides are for $name ($(@($found | ForEach-Object { $_.Name }) -join ', ')), and one shadows the other; find the owner of the one that is not of this change" }
    Get-SettingText -Parameter @($found | ForEach-Object { $_.Parameters } | ForEach-Object { "$_" })
}

# The process that reads the overrides from Active Directory, in the service MSExchangeADTopology.
$script:TopologyService = 'Microsoft.Exchange.Directory.TopologyService'

# Asks a process of this computer about its variant configuration. Nothing comes back from a process that does not run: recorded on
# real servers, the answer then is an error inside the XML. Microsoft's page takes the name of a server, not its FQDN.
function Get-Diagnostic {
    [CmdletBinding()] [OutputType([xml])] param([string]$Process, [string]$Argument)
    $answer = Get-ExchangeDiagnosticInfo -Server (Get-ShortName -Fqdn $script:Step.Host) -Process $Process -Component 'VariantConfiguration' -Argument $Argument -ErrorAction Stop
    $document = [xml][string]$answer.Result
    if ($null -eq $document.SelectSingleNode('//ProcessLocator/error')) { $document }
}

# Returns the overrides that the topology service of this computer has, read again with -Refresh.
function Get-RunningOverride {
    [CmdletBinding()] [OutputType([xml])] param([switch]$Refresh)
    $document = Get-Diagnostic -Process $script:TopologyService -Argument $(if ($Refresh) { 'Refresh' } else { 'Overrides' })
    # An answer without the list is no empty list.
    if ($null -eq $document -or (-not $Refresh -and $null -eq $document.SelectSingleNode('//VariantConfiguration/Overrides'))) { throw "the process $script:TopologyService does not answer on $($script:Step.Host), so the server cannot read setting overrides; start the service MSExchangeADTopology" }
    $document
}

# Returns the settings that are in effect on this computer. Microsoft's page of the integration reads them from the Mailbox
# Assistants, up to Exchange 2016 CU3 from the topology service; where that process does not run, from the list of overrides.
function Get-EffectiveSetting {
    [CmdletBinding()] param()
    $overrides = Get-RunningOverride
    $version = [string](Get-ExchangeServer -Identity $script:Step.Host -ErrorAction Stop).AdminDisplayVersion
    $document = if ($version -match '^Version 15\.1 \(Build (\d+)\.' -and [int]$Matches[1] -lt 669) {
        Get-Diagnostic -Process $script:TopologyService -Argument 'Config'
    } else {
        Get-Diagnostic -Process 'MSExchangeMailboxAssistants' -Argument 'Config,Component=OwaServer'
    }
    $section = if ($null -ne $document) { $document.SelectSingleNode('//VariantConfiguration//OwaServer/IMSettings') }
    if ($null -eq $section) {
        $accepted = "//SettingOverride[ComponentName='OwaServer'][SectionName='IMSettings'][Status='Accepted']/Parameters/Parameter"
        return Get-SettingText -Parameter @($overrides.SelectNodes($accepted) | ForEach-Object { $_.InnerText })
    }
    Get-SettingText -Parameter @($section.SelectNodes('*|@*') | ForEach-Object { '{0}={1}' -f $_.LocalName, $_.InnerText.Trim() })
}

# Has this computer read the overrides again if that is due, and waits until it has taken them over.
function Invoke-OverrideRefresh {
    [CmdletBinding()] param([int]$DeadlineSeconds)
    $target = "setting overrides on $($script:Step.Host)"
    Invoke-FollowUp -Mark 'override-refresh' -Target $target -Action 'refresh' -Change { [void](Get-RunningOverride -Refresh) }
    if ($script:Step.WhatIf) { return }
    $refreshed = Get-Date
    $deadline = $refreshed.AddSeconds($DeadlineSeconds)
    while ((Get-EffectiveSetting) -ne (Get-StoredSetting)) {
        if ((Get-Date) -ge $deadline) {
            $script:Step.Late = $true
            # What was read may be older than Active Directory: the next run refreshes once more.
            Add-Mark -Name 'override-refresh'
            throw "after $DeadlineSeconds seconds $($script:Step.Host) has not taken over the setting override; wait for Active Directory replication, then run this script again (see Get-ExchangeDiagnosticInfo)"
        }
        Wait-Moment -For $target -Until $deadline | Assert-Check
        # The domain controller that answered may have been behind the one that was written to. No page says whether a refresh begins
        # the take-over anew, so there is time for it in between.
        if ((Get-Date) -ge $refreshed.AddMinutes(3) -and (Get-EffectiveSetting) -ne (Get-StoredSetting) -and (Confirm-Change -Target $target -Action 'refresh again')) {
            [void](Get-RunningOverride -Refresh)
            $refreshed = Get-Date
        }
    }
    Write-Line -Status 'OK' -Text "in effect on $($script:Step.Host): $(Get-EffectiveSetting)"
}

# Checks that exactly the planned settings are in effect on this computer.
function Test-FinishedSetting {
    [CmdletBinding()] param([hashtable]$Server)
    $wanted = Get-SettingText -Parameter "IMServerName=$($Server.Registrar)", "IMCertificateThumbprint=$($Server.Thumbprint)"
    $effective = Get-EffectiveSetting
    Get-Check -Passed ($effective -eq $wanted) -Subject 'setting override in effect' -Good $wanted -Bad "$effective, not $wanted; run step 70 of the change integrate for this server"
}

# Recycles the OWA application pool of this computer (P10).
function Invoke-PoolRecycle {
    [CmdletBinding()] param()
    Restart-WebAppPool -Name 'MSExchangeOWAAppPool' -ErrorAction Stop
}
