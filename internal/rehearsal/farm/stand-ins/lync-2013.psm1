# Generated from the cmdlet facts by `make stand-ins`; do not edit.
# The lync cmdlets of version 2013 that the farm models.

function Enable-CsTopology {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [switch]$Force,
        [string]$GlobalCatalog,
        [string]$GlobalSettingsDomainController,
        [string]$Report,
        [bool]$SkipPrepareCheck
    )
    process { Invoke-Behaviour 'Enable-CsTopology' $PSBoundParameters $PSCmdlet }
}

function Export-CsConfiguration {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'AsBytes')]
    param(
        [Parameter(ParameterSetName = 'AsBytes')]
        [switch]$AsBytes,
        [Parameter(ParameterSetName = 'FileName', Mandatory = $true)]
        [string]$FileName,
        [Parameter(ParameterSetName = 'AsBytes')]
        [Parameter(ParameterSetName = 'FileName')]
        [switch]$Force,
        [Parameter(ParameterSetName = 'AsBytes')]
        [Parameter(ParameterSetName = 'FileName')]
        [switch]$LocalStore
    )
    process { Invoke-Behaviour 'Export-CsConfiguration' $PSBoundParameters $PSCmdlet }
}

function Get-CsComputer {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$Local,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Pool
    )
    process { Invoke-Behaviour 'Get-CsComputer' $PSBoundParameters $PSCmdlet }
}

function Get-CsManagementStoreReplicationStatus {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [switch]$CentralManagementStoreStatus,
        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [string]$ReplicaFqdn
    )
    process { Invoke-Behaviour 'Get-CsManagementStoreReplicationStatus' $PSBoundParameters $PSCmdlet }
}

function Get-CsPool {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Site
    )
    process { Invoke-Behaviour 'Get-CsPool' $PSBoundParameters $PSCmdlet }
}

function Get-CsServerVersion {
    [CmdletBinding(PositionalBinding = $false)]
    param(

    )
    process { Invoke-Behaviour 'Get-CsServerVersion' $PSBoundParameters $PSCmdlet }
}

function Get-CsSite {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity
    )
    process { Invoke-Behaviour 'Get-CsSite' $PSBoundParameters $PSCmdlet }
}

function Get-CsTopology {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [switch]$AsXml,
        [switch]$LocalStore
    )
    process { Invoke-Behaviour 'Get-CsTopology' $PSBoundParameters $PSCmdlet }
}

function Get-CsTrustedApplication {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'ParentAndRelativeKey')]
        [string]$ApplicationId,
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'ParentAndRelativeKey')]
        [string]$TrustedApplicationPoolFqdn
    )
    process { Invoke-Behaviour 'Get-CsTrustedApplication' $PSBoundParameters $PSCmdlet }
}

function Get-CsTrustedApplicationComputer {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$Local,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Pool
    )
    process { Invoke-Behaviour 'Get-CsTrustedApplicationComputer' $PSBoundParameters $PSCmdlet }
}

function Get-CsTrustedApplicationEndpoint {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [string]$ApplicationId,
        [object]$Credential,
        [string]$DomainController,
        [string]$Filter,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Identity,
        [object]$OU,
        [object]$ResultSize,
        [string]$TrustedApplicationPoolFqdn
    )
    process { Invoke-Behaviour 'Get-CsTrustedApplicationEndpoint' $PSBoundParameters $PSCmdlet }
}

function Get-CsTrustedApplicationPool {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Filter')]
        [string]$Filter,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'Filter')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$PoolFqdn
    )
    process { Invoke-Behaviour 'Get-CsTrustedApplicationPool' $PSBoundParameters $PSCmdlet }
}

function Get-CsUser {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [object]$Credential,
        [string]$DomainController,
        [string]$Filter,
        [Parameter(ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Identity,
        [string]$LdapFilter,
        [object]$OU,
        [switch]$OnLyncServer,
        [switch]$OnOfficeCommunicationServer,
        [object]$ResultSize,
        [switch]$UnAssignedUser
    )
    process { Invoke-Behaviour 'Get-CsUser' $PSBoundParameters $PSCmdlet }
}

function New-CsTrustedApplication {
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'Identity', SupportsShouldProcess = $true)]
    param(
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn', Mandatory = $true)]
        [string]$ApplicationId,
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$EnableTcp,
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn')]
        [Parameter(ParameterSetName = 'Identity')]
        [switch]$Force,
        [Parameter(ParameterSetName = 'Identity')]
        [string]$Identity,
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn')]
        [Parameter(ParameterSetName = 'Identity')]
        [string]$LegacyApplicationName,
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn', Mandatory = $true)]
        [Parameter(ParameterSetName = 'Identity', Mandatory = $true)]
        [int]$Port,
        [Parameter(ParameterSetName = 'AppIdAndPoolFqdn', Mandatory = $true)]
        [string]$TrustedApplicationPoolFqdn
    )
    process { Invoke-Behaviour 'New-CsTrustedApplication' $PSBoundParameters $PSCmdlet }
}

function New-CsTrustedApplicationComputer {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [switch]$Force,
        [Parameter(Mandatory = $true)]
        [string]$Identity,
        [Parameter(Mandatory = $true)]
        [string]$Pool
    )
    process { Invoke-Behaviour 'New-CsTrustedApplicationComputer' $PSBoundParameters $PSCmdlet }
}

function New-CsTrustedApplicationPool {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true)]
    param(
        [uint16]$AppSharingPortCount,
        [uint16]$AppSharingPortStart,
        [uint16]$AudioPortCount,
        [uint16]$AudioPortStart,
        [string]$ComputerFqdn,
        [switch]$Force,
        [Parameter(Mandatory = $true)]
        [string]$Identity,
        [bool]$OutboundOnly,
        [string]$Registrar,
        [bool]$RequiresReplication,
        [string]$Site,
        [bool]$ThrottleAsServer,
        [bool]$TreatAsAuthenticated,
        [uint16]$VideoPortCount,
        [uint16]$VideoPortStart
    )
    process { Invoke-Behaviour 'New-CsTrustedApplicationPool' $PSBoundParameters $PSCmdlet }
}

function Remove-CsTrustedApplication {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [switch]$Force,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Identity
    )
    process { Invoke-Behaviour 'Remove-CsTrustedApplication' $PSBoundParameters $PSCmdlet }
}

function Remove-CsTrustedApplicationComputer {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [switch]$Force,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Identity
    )
    process { Invoke-Behaviour 'Remove-CsTrustedApplicationComputer' $PSBoundParameters $PSCmdlet }
}

function Remove-CsTrustedApplicationPool {
    [CmdletBinding(PositionalBinding = $false, SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [switch]$Force,
        [Parameter(Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [string]$Identity
    )
    process { Invoke-Behaviour 'Remove-CsTrustedApplicationPool' $PSBoundParameters $PSCmdlet }
}
