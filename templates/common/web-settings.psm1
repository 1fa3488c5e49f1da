# ---- settings in web.config ---------------------------------------------------------------------------------

function Test-FinishedSetting {
    # .SYNOPSIS
    # Checks that this host has the settings that step 70 writes.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    $setting = @{ IMCertificateThumbprint = $Server.Thumbprint; IMServerName = $Server.Registrar }
    Get-Check -Passed (Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting $setting) -Subject 'web.config' -Good 'has both keys' -Bad 'lacks one of the two keys or has another value; run step 70 again'
}

function Test-WebConfigBase {
    # .SYNOPSIS
    # Checks before a renewal that web.config names the Lync pool already: a renewal changes the certificate only.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Server
    )
    $same = $false
    try {
        $same = Test-WebConfigSetting -Path $Path -Setting @{ IMServerName = $Server.Registrar }
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    Get-Check -Passed $same -Subject 'web.config' -Good "names the Lync pool $($Server.Registrar)" -Bad "does not name the Lync pool $($Server.Registrar), so there is nothing to renew; after a cumulative update run the change reapply, otherwise integrate"
}

function Invoke-PoolRecycle {
    # .SYNOPSIS
    # Recycles the OWA application pool of this host (P10).
    [CmdletBinding()]
    param()
    $answer = & 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool '/apppool.name:MSExchangeOWAAppPool'
    # The message is localised: the exit code and the state count.
    if ($LASTEXITCODE -ne 0) { throw "Appcmd.exe ended with ${LASTEXITCODE}: $answer" }
}

function Get-OwaWebConfig {
    # .SYNOPSIS
    # Returns the path of OWA's web.config on this host.
    [CmdletBinding()]
    [OutputType([string])]
    param()
    Get-InstallPath -Child 'ClientAccess\Owa\web.config'
}

function Test-WebConfigFile {
    # .SYNOPSIS
    # Checks that OWA's web.config on this host can be edited.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Path)
    $reason = "$(Get-WebConfigObstacle -Path $Path)"
    try {
        if ($reason -eq '') { [void](Read-WebConfig -Path $Path) }
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject 'web.config' -Good "$Path can be edited" -Bad $reason
}

function Save-WebConfigState {
    # .SYNOPSIS
    # Captures the two keys and the bytes of web.config before the first change on this host.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Path)
    $config = Read-WebConfig -Path $Path
    if (-not (Test-BeforeState)) { Save-Evidence -Name "$($script:Step.Stem).before.web.config" -Byte $config.Bytes }
    Save-BeforeState -State @{ 'web.config' = $config.Setting }
}

function Get-CapturedSetting {
    # .SYNOPSIS
    # Returns the two keys of web.config as they were captured; $null stands for an absent key.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $was = (Read-BeforeState)['web.config']
    $setting = @{}
    foreach ($key in @('IMCertificateThumbprint', 'IMServerName')) {
        $value = $was.PSObject.Properties[$key].Value
        if ($null -ne $value -and $value -isnot [string]) { throw "the captured value of $key cannot be read; restore web.config by hand from the evidence folder" }
        $setting[$key] = $value
    }
    $setting
}

function Test-WebConfigSetting {
    # .SYNOPSIS
    # Tells whether the two keys of web.config have these values; $null stands for an absent key.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $found = (Read-WebConfig -Path $Path).Setting
    foreach ($key in $Setting.Keys) {
        if ($null -eq $found[$key] -and $null -eq $Setting[$key]) { continue }
        if ($null -eq $found[$key] -or $null -eq $Setting[$key]) { return $false }
        # -eq would overlook characters such as U+200E.
        if (-not [string]::Equals($found[$key], $Setting[$key], [StringComparison]::OrdinalIgnoreCase)) { return $false }
    }
    $true
}

function Write-WebConfig {
    # .SYNOPSIS
    # Writes the two keys into web.config, after noting what the file will be: a back-out restores the whole file only if it is still exactly that.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $config = Read-WebConfig -Path $Path
    $bytes = Edit-WebConfig -Config $config -Setting $Setting
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    if ((Get-SealedHash -Path $before) -eq (Get-SealedHash -Path $Path)) {
        Save-Evidence -Name "$($script:Step.Stem).after.web.config" -Byte $bytes
    } elseif (Test-Path -LiteralPath $after) {
        # Somebody, a cumulative update perhaps, has written the file since it was captured: the captured one is too old to come back.
        Remove-Item -LiteralPath $after
    }
    Save-WebConfig -Config $config -Byte $bytes
}

function Restore-WebConfig {
    # .SYNOPSIS
    # Brings web.config back: the captured bytes if the file is exactly what the change left, otherwise the two keys only.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $config = Read-WebConfig -Path $Path
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    if ((Test-Path -LiteralPath $after -PathType Leaf) -and (Get-SealedHash -Path $after) -eq (Get-SealedHash -Path $Path)) {
        Save-WebConfig -Config $config -Byte ([IO.File]::ReadAllBytes($before))
    } else {
        Save-WebConfig -Config $config -Byte (Edit-WebConfig -Config $config -Setting $Setting)
    }
}

