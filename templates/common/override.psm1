# ---- override -----------------------------------------------------------------------------------------------
# Exchange 2016 and later take the Lync pool and the certificate from a setting override in Active Directory. A
# server reads the overrides now and then, and when it is told to refresh; OWA takes them when its pool starts.

function Find-ImOverride {
    # .SYNOPSIS
    # Returns the setting overrides for instant messaging, as Active Directory has them.
    [CmdletBinding()]
    param()
    Get-SettingOverride -ErrorAction Stop | Where-Object { $_.ComponentName -eq 'OwaServer' -and $_.SectionName -eq 'IMSettings' }
}

function Test-ForeignOverride {
    # .SYNOPSIS
    # Refuses an override for the same section that this plan does not make, where it would reach one of these servers: one would shadow the other.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable[]]$Override)
    $names = @($Override | ForEach-Object { $_.Name })
    $mine = @($Override | ForEach-Object { $_.Servers } | Select-Object -Unique)
    $foreign = @(Find-ImOverride | Where-Object { $names -notcontains $_.Name })
    $clashing = @($foreign | Where-Object {
            # Exchange takes the scope for patterns of computer names.
            $theirs = @($_.Server | Where-Object { "$_" -ne '' } | ForEach-Object { "$_".Split('.')[0] })
            $theirs.Count -eq 0 -or $mine.Count -eq 0 -or @($theirs | Where-Object { $pattern = $_; @($mine | Where-Object { $_ -like $pattern }).Count -gt 0 }).Count -gt 0
        } | ForEach-Object { $_.Name })
    Get-Check -Passed ($clashing.Count -eq 0) -Subject 'setting overrides for OwaServer, IMSettings' -Good 'none but those of this plan reach its servers' -Bad "there is one that is not of this plan: $($clashing -join ', '); find its owner and remove it in a change of its own (see Get-SettingOverride)"
}

function Get-OverrideState {
    # .SYNOPSIS
    # Returns a setting override as a back-out needs it.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $found = @(Find-ImOverride | Where-Object { $_.Name -eq $Name })
    if ($found.Count -eq 0) { return @{ Exists = $false; Parameters = @(); Servers = @(); Reason = '' } }
    @{
        Exists = $true
        Parameters = @($found[0].Parameters | ForEach-Object { "$_" })
        Servers = @($found[0].Server | Where-Object { "$_" -ne '' } | ForEach-Object { "$_" })
        Reason = "$($found[0].Reason)"
    }
}

function Test-SameList {
    # .SYNOPSIS
    # Tells whether two lists hold the same texts, in whatever order and letter case.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Left,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Right
    )
    $Left.Count -eq $Right.Count -and @($Left | Where-Object { $Right -notcontains $_ }).Count -eq 0
}

function Test-OverrideState {
    # .SYNOPSIS
    # Tells whether a setting override has these parameters and this scope; Exists = $false stands for none.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] $Wanted
    )
    $now = Get-OverrideState -Name $Name
    if (-not $Wanted.Exists) { return -not $now.Exists }
    $now.Exists -and (Test-SameList -Left $now.Parameters -Right @($Wanted.Parameters)) -and (Test-SameList -Left $now.Servers -Right @($Wanted.Servers))
}

function Test-OverrideScope {
    # .SYNOPSIS
    # Refuses to change the scope of an override that exists, and a name that another section has.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Override)
    $subject = "setting override $($Override.Name)"
    $elsewhere = @(Get-SettingOverride -ErrorAction Stop | Where-Object { $_.Name -eq $Override.Name -and ($_.ComponentName -ne 'OwaServer' -or $_.SectionName -ne 'IMSettings') })
    Get-Check -Passed ($elsewhere.Count -eq 0) -Subject $subject -Good 'the name is this plan''s' -Bad 'an override of this name is for another section; find its owner'
    $now = Get-OverrideState -Name $Override.Name
    $same = -not $now.Exists -or (Test-SameList -Left $now.Servers -Right $Override.Servers)
    $theirs, $ours = @($now.Servers, $Override.Servers) | ForEach-Object { if (@($_).Count -eq 0) { 'every server' } else { @($_) -join ', ' } }
    Get-Check -Passed $same -Subject $subject -Good 'can be created or updated' -Bad "exists for $theirs, and this plan has it for $ours; remove it in a change of its own"
}

function Test-OverrideBase {
    # .SYNOPSIS
    # Checks before a renewal that the override is there and names the same Lync pool: a renewal changes the certificate only.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Override)
    $now = Get-OverrideState -Name $Override.Name
    $pool = @($Override.Parameters | Where-Object { $_ -like 'IMServerName=*' })[0]
    Get-Check -Passed ($now.Exists -and $now.Parameters -contains $pool) -Subject "setting override $($Override.Name)" -Good "is there, with $pool" -Bad "is not there with $pool, so there is nothing to renew; run the change integrate instead"
}

function Get-EffectiveOverride {
    # .SYNOPSIS
    # Returns the overrides for instant messaging that are in effect on this host: Name and Parameters.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $answer = Get-ExchangeDiagnosticInfo -Server $script:Step.Host -Process 'Microsoft.Exchange.Directory.TopologyService' -Component 'VariantConfiguration' -Argument 'Overrides' -ErrorAction Stop
    $document = [xml]$answer.Result
    # An answer without the list is no empty list.
    if ($null -eq $document.SelectSingleNode('//VariantConfiguration/Overrides')) { throw "$($script:Step.Host) does not tell which setting overrides it has; is the service MSExchangeADTopology running?" }
    foreach ($node in @($document.SelectNodes('//VariantConfiguration/Overrides/SettingOverride'))) {
        $name, $component, $section, $status = @('Name', 'ComponentName', 'SectionName', 'Status') | ForEach-Object { $child = $node.SelectSingleNode($_); if ($null -eq $child) { '' } else { $child.InnerText } }
        if ($component -ne 'OwaServer' -or $section -ne 'IMSettings' -or $status -ne 'Accepted') { continue }
        @{ Name = $name; Parameters = @($node.SelectNodes('Parameters/Parameter') | ForEach-Object { $_.InnerText }) }
    }
}

function Test-Effective {
    # .SYNOPSIS
    # Tells whether this host has taken over what Active Directory has under that name: the same parameters, or none.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $stored = Get-OverrideState -Name $Name
    $effective = @(Get-EffectiveOverride | Where-Object { $_.Name -eq $Name })
    if (-not $stored.Exists) { return $effective.Count -eq 0 }
    $effective.Count -eq 1 -and (Test-SameList -Left $effective[0].Parameters -Right $stored.Parameters)
}

function Invoke-Refresh {
    # .SYNOPSIS
    # Lets this host read the setting overrides from Active Directory again.
    [CmdletBinding()]
    param()
    [void](Get-ExchangeDiagnosticInfo -Server $script:Step.Host -Process 'Microsoft.Exchange.Directory.TopologyService' -Component 'VariantConfiguration' -Argument 'Refresh' -ErrorAction Stop)
}

function Invoke-OverrideRefresh {
    # .SYNOPSIS
    # Lets this host read the overrides again if that is due, and waits until it has taken them over.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [int]$DeadlineSeconds
    )
    $target = "setting overrides on $($script:Step.Host)"
    Invoke-FollowUp -Mark 'override-refresh' -Target $target -Action 'refresh' -Change { Invoke-Refresh }
    if ($script:Step.WhatIf) { return }
    $deadline = (Get-Date).AddSeconds($DeadlineSeconds)
    while (-not (Test-Effective -Name $Name)) {
        if ((Get-Date) -ge $deadline) {
            $script:Step.Late = $true
            # What was read may be older than Active Directory: the next run refreshes once more.
            Add-Mark -Name 'override-refresh'
            throw "after $DeadlineSeconds seconds $($script:Step.Host) has not taken over the setting override $Name; wait for Active Directory replication, then run this script again (see Get-ExchangeDiagnosticInfo for its status)"
        }
        Start-Sleep -Seconds 30
        # The domain controller that answered may have been behind the one that was written to.
        if (-not (Test-Effective -Name $Name) -and (Confirm-Change -Target $target -Action 'refresh again')) { Invoke-Refresh }
    }
    $others = @(Get-EffectiveOverride | Where-Object { $_.Name -ne $Name } | ForEach-Object { $_.Name })
    if ($others.Count -gt 0) {
        $script:Step.Late = $true
        throw "$($script:Step.Host) has another override for the same section in effect too: $($others -join ', '); one shadows the other: find its owner"
    }
    Write-Line -Status 'OK' -Text "setting override ${Name}: in effect on $($script:Step.Host) as Active Directory has it"
}

function Test-FinishedSetting {
    # .SYNOPSIS
    # Checks that exactly the planned override is in effect on this host.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    $wanted = @("IMServerName=$($Server.Registrar)", "IMCertificateThumbprint=$($Server.Thumbprint)")
    $effective = @(Get-EffectiveOverride)
    $right = $effective.Count -eq 1 -and (Test-SameList -Left $effective[0].Parameters -Right $wanted)
    Get-Check -Passed $right -Subject 'setting override in effect' -Good "$($wanted -join ', ')" -Bad "$($effective.Count) in effect for OwaServer, IMSettings ($(@($effective | ForEach-Object { $_.Name }) -join ', ')), not exactly the one with $($wanted -join ', '); run the change integrate for this server"
}

function Invoke-PoolRecycle {
    # .SYNOPSIS
    # Recycles the OWA application pool of this host.
    [CmdletBinding()]
    param()
    Restart-WebAppPool -Name 'MSExchangeOWAAppPool' -ErrorAction Stop
}

