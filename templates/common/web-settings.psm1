# ---- settings: the two keys of web.config, captured, written, restored ----------------------------------------

# Returns the path of OWA's web.config on this computer.
function Get-OwaWebConfig {
    [CmdletBinding()] param()
    Get-InstallPath -Child 'ClientAccess\Owa\web.config'
}

# Returns the two keys as step 70 writes them.
function Get-ImSetting {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Server)
    @{ IMCertificateThumbprint = $Server.Thumbprint; IMServerName = $Server.Registrar }
}

# Checks that this computer has the settings that step 70 writes.
function Test-FinishedSetting {
    [CmdletBinding()] param([hashtable]$Server)
    Get-Check -Passed (Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting (Get-ImSetting -Server $Server)) -Subject 'web.config' -Good 'has both keys' -Bad 'lacks one of the two keys or has another value; run step 70 again'
}

# Checks before a renewal that web.config names the Lync pool already: a renewal changes the certificate only.
function Test-SettingBase {
    [CmdletBinding()] param([hashtable]$Server)
    $same = $false
    try {
        $same = Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting @{ IMServerName = $Server.Registrar }
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    Get-Check -Passed $same -Subject 'web.config' -Good "names the Lync pool $($Server.Registrar)" -Bad "does not name the Lync pool $($Server.Registrar), so there is nothing to renew; after a cumulative update run the change reapply, otherwise integrate"
}

# Checks before a removal that web.config names the Lync pool of the topology, or none: other keys are not of this integration.
function Test-SettingOwner {
    [CmdletBinding()] param([hashtable]$Server)
    $found = ''
    try {
        $found = [string](Read-WebConfig -Path (Get-OwaWebConfig)).Setting['IMServerName']
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    $own = $found -eq '' -or [string]::Equals($found, $Server.Registrar, [StringComparison]::OrdinalIgnoreCase)
    Get-Check -Passed $own -Subject 'web.config' -Good 'names no other Lync pool' -Bad "names the Lync pool '$found', not $($Server.Registrar), so its keys are not of this integration; find their owner, or correct registrar"
}

# Recycles the OWA application pool of this computer (P10).
function Invoke-PoolRecycle {
    [CmdletBinding()] param()
    $answer = & 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool '/apppool.name:MSExchangeOWAAppPool'
    # The message is localised: the exit code and the state count.
    if ($LASTEXITCODE -ne 0) { throw "Appcmd.exe ended with ${LASTEXITCODE}: $answer" }
}

# Checks that OWA's web.config can be replaced and that the two keys can be edited in it.
function Test-WebConfigFile {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $reason = "$(Get-WebConfigObstacle -Path $Path)"
    try {
        if ($reason -eq '') { [void](Edit-WebConfig -Config (Read-WebConfig -Path $Path) -Setting $Setting) }
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject 'web.config' -Good "$Path can be edited" -Bad $reason
}

# Returns Exchange's build on this computer. A cumulative update raises it and replaces web.config. A security update does not raise it
# (Microsoft's HealthChecker tells the two apart), so the bytes of the file are compared too.
function Get-ExchangeBuild {
    [CmdletBinding()] [OutputType([string])] param()
    [string](Get-ExchangeServer -Identity $script:Step.Host -ErrorAction Stop).AdminDisplayVersion
}

# Captures the two keys and the bytes of web.config before the first change on this computer, with the build and the hash of the file.
function Save-WebConfigState {
    [CmdletBinding()] param([string]$Path)
    $config = Read-WebConfig -Path $Path
    if (-not (Test-BeforeState)) { Save-Evidence -Name "$($script:Step.Stem).before.web.config" -Byte $config.Bytes }
    $state = @{ Build = Get-ExchangeBuild; Sha256 = Get-SealedHash -Path $Path }
    Save-BeforeState -State @{ 'web.config' = $config.Setting + $state }
}

# Returns the two keys as they were captured; $null stands for an absent key.
function Get-CapturedSetting {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $was = (Read-BeforeState)['web.config']
    $setting = @{}
    foreach ($key in $script:WebConfigKey) {
        $value = $was.PSObject.Properties[$key].Value
        if ($null -ne $value -and $value -isnot [string]) { throw "the captured value of $key cannot be used; restore web.config by hand as the change record says" }
        $setting[$key] = $value
    }
    $setting
}

# Tells whether keys of web.config have these values; $null stands for an absent key.
function Test-WebConfigSetting {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path, [hashtable]$Setting)
    $found = (Read-WebConfig -Path $Path).Setting
    foreach ($key in $Setting.Keys) {
        if ($null -eq $found[$key] -and $null -eq $Setting[$key]) { continue }
        if ($null -eq $found[$key] -or $null -eq $Setting[$key]) { return $false }
        # -eq would overlook characters such as U+200E.
        if (-not [string]::Equals($found[$key], $Setting[$key], [StringComparison]::OrdinalIgnoreCase)) { return $false }
    }
    $true
}

# Writes the two keys, after noting what the file will be: a back-out restores the whole file only if it is still exactly that.
function Write-WebConfig {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $config = Read-WebConfig -Path $Path
    $bytes = Edit-WebConfig -Config $config -Setting $Setting
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    if ((Get-SealedHash -Path $before) -eq (Get-SealedHash -Path $Path)) {
        Save-Evidence -Name "$($script:Step.Stem).after.web.config" -Byte $bytes
    } elseif (Test-Path -LiteralPath $after) {
        # Somebody, a cumulative update perhaps, has written the file since: the captured one is too old to come back.
        Remove-Item -LiteralPath $after
    }
    Save-WebConfig -Config $config -Byte $bytes
}

# Says why the captured file may not come back as a whole; nothing if it may. Evidence of lyncowa 0.1.0 has no build and no hash.
function Get-CapturedFileObstacle {
    [CmdletBinding()] [OutputType([string])] param([string]$Path)
    $was = (Read-BeforeState)['web.config']
    $build = [string](Get-PropertyValue -Subject $was -Name 'Build')
    $hash = [string](Get-PropertyValue -Subject $was -Name 'Sha256')
    $before, $after = @('before', 'after') | ForEach-Object { Get-EvidencePath -Name "$($script:Step.Stem).$_.web.config" }
    $now = Get-ExchangeBuild
    if (-not (Test-Path -LiteralPath $before -PathType Leaf) -or ($hash -ne '' -and $hash -ne (Get-SealedHash -Path $before))) {
        'the captured file is missing or is not the one that was captured'
    } elseif ($build -ne '' -and $build -ne $now) {
        "the captured file is of Exchange '$build', and this server now has '$now'"
    } elseif (-not (Test-Path -LiteralPath $after -PathType Leaf) -or (Get-SealedHash -Path $after) -ne (Get-SealedHash -Path $Path)) {
        'somebody else has changed web.config after this change'
    }
}

# Says whether the whole captured file comes back, or the two keys only, and why.
function Test-CapturedFile {
    [CmdletBinding()] param([string]$Path)
    $reason = "$(Get-CapturedFileObstacle -Path $Path)"
    Get-Check -Passed ($reason -eq '') -Advice -Subject 'captured web.config' -Good 'comes back as a whole' -Bad "$reason, so the back-out restores only the two keys"
}

# Brings web.config back: the captured bytes if nothing speaks against them, otherwise the two keys only.
function Restore-WebConfig {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $config = Read-WebConfig -Path $Path
    $whole = "$(Get-CapturedFileObstacle -Path $Path)" -eq ''
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $bytes = if ($whole) { , [IO.File]::ReadAllBytes($before) } else { , (Edit-WebConfig -Config $config -Setting $Setting) }
    Save-WebConfig -Config $config -Byte $bytes
}
