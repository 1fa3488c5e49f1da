# The Exchange Management Shell of a rehearsal is genuine implicit remoting: a session with proxies that
# Import-PSSession makes. Its other end is a runspace of this same process, reached through the process's own pipe (as
# Enter-PSHostProcess reaches another's): everything in between is the engine's own remoting, while the farm's state
# stays one object. A session is kept for as long as the engine lives; it holds no state of a run.

# Exchange's enumerations: name -> the values in the order of their numbers.
$script:Enumerations = @{
    'Management.SystemConfigurationTasks.CertificateStatus'          = 'Unknown', 'Valid', 'Revoked', 'DateInvalid', 'Untrusted', 'Invalid', 'RevocationCheckFailure', 'PendingRequest'
    'Management.SystemConfigurationTasks.CertificateAuthorityType'   = 'None', 'ThirdParty', 'Enterprise', 'Registry', 'GroupPolicy', 'Unknown'
    'Data.Directory.SystemConfiguration.InstantMessagingTypeOptions' = 'None', 'Ocs', 'Msn'
    'Data.Directory.SystemConfiguration.OwaVersions'                 = 'Exchange2003or2000', 'Exchange2007', 'Exchange2010', 'Exchange2013'
    'Data.Directory.SystemConfiguration.UMUriType'                   = 'TelExtn', 'E164', 'SipName'
    'Data.Directory.SystemConfiguration.ServerRole'                  = 'None', 'Cafe', 'Mailbox', '', 'ClientAccess'
    'Data.ServerEditionType'                                         = 'Unknown', 'Standard', 'StandardEvaluation', 'Enterprise', 'EnterpriseEvaluation'
    'Monitoring.MonitorAlertState'                                   = 'Unknown', 'Healthy', 'Degraded', 'Unhealthy', 'Repairing', 'Disabled'
}

# Defines the types: each enumeration, and a class whose ToString is the text that it was made of, as ServerVersion,
# ADObjectId and the like have one.
function Add-ExchangeType {
    $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly((New-Object System.Reflection.AssemblyName 'Farm.Exchange'), 'Run')
    $module = $assembly.DefineDynamicModule('Farm.Exchange')
    $flags = New-Object System.Reflection.Emit.CustomAttributeBuilder ([FlagsAttribute].GetConstructor(@())), @()
    $types = @{}
    foreach ($name in $script:Enumerations.Keys) {
        $type = $module.DefineEnum("Microsoft.Exchange.$name", 'Public', [int])
        if ($name -like '*Role') { $type.SetCustomAttribute($flags) }
        for ($number = 0; $number -lt $script:Enumerations[$name].Count; $number++) {
            if ($script:Enumerations[$name][$number]) { [void]$type.DefineLiteral($script:Enumerations[$name][$number], $number) }
        }
        $types[$name] = $type.CreateTypeInfo().AsType()
    }
    $code = [System.Reflection.Emit.OpCodes]
    $type = $module.DefineType('Farm.Text', 'Public')
    $text = $type.DefineField('text', [string], 'Private')
    $make = $type.DefineConstructor('Public', 'Standard', [type[]]@([string])).GetILGenerator()
    $make.Emit($code::Ldarg_0); $make.Emit($code::Call, [object].GetConstructor(@())); $make.Emit($code::Ldarg_0); $make.Emit($code::Ldarg_1); $make.Emit($code::Stfld, $text); $make.Emit($code::Ret)
    $show = $type.DefineMethod('ToString', 'Public, Virtual, HideBySig', [string], [type[]]@()).GetILGenerator()
    $show.Emit($code::Ldarg_0); $show.Emit($code::Ldfld, $text); $show.Emit($code::Ret)
    $types['text'] = $type.CreateTypeInfo().AsType()
    [AppDomain]::CurrentDomain.SetData('lyncowa.types', $types)
}

$script:ExchangeSession = @{}

# The session for a version's stand-ins, and the module of proxies that Import-PSSession made for it.
function Get-ExchangeSession {
    param([string]$StandIns, [string]$Folder)
    if ($script:ExchangeSession.ContainsKey($StandIns)) { return $script:ExchangeSession[$StandIns] }
    $types = [System.Management.Automation.Runspaces.TypeTable]::LoadDefaultTypeFiles()
    $pipe = New-Object System.Management.Automation.Runspaces.NamedPipeConnectionInfo $PID
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($pipe, $null, $types)
    $runspace.Open()
    # A session is made of such a runspace by a constructor that is not public.
    $session = [System.Management.Automation.Runspaces.PSSession].GetConstructors('NonPublic, Instance')[0].Invoke(@($runspace))
    $modules = 'Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility', (Join-Path $Folder 'farm.psm1'), (Join-Path $Folder $StandIns)
    Invoke-Command -Session $session -ArgumentList (, $modules) -ScriptBlock {
        param($Modules)
        Import-Module -Name $Modules -Global
        $global:PSModuleAutoLoadingPreference = 'None'
    }
    $names = [regex]::Matches([IO.File]::ReadAllText((Join-Path $Folder $StandIns)), '(?m)^function (\S+)') | ForEach-Object { $_.Groups[1].Value }
    $imported = Import-PSSession -Session $session -CommandName $names -DisableNameChecking -AllowClobber
    # The module is temporary and goes with this import; each run imports a copy.
    $module = Join-Path $Folder ('proxies-' + [IO.Path]::GetFileName($StandIns))
    Copy-Item -LiteralPath $imported.Path -Destination $module
    Remove-Module -ModuleInfo $imported
    $script:ExchangeSession[$StandIns] = @{ session = $session; module = $module }
    $script:ExchangeSession[$StandIns]
}

# Gives the proxies in a run's runspace their session.
function Connect-Proxy {
    param($Runspace, $Exchange)
    [void](Invoke-In $Runspace {
            param($Module, $Session)
            & (Get-Module -Name $Module) {
                param($Session)
                Set-PSImplicitRemotingSession -PSSession $Session
                $script:InvokeCommand = Get-Command -Name Invoke-Remotely
            } $Session
        } @([IO.Path]::GetFileNameWithoutExtension($Exchange.module), $Exchange.session))
}
