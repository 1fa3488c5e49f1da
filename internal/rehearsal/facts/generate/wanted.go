package main

// wanted is every Lync and Exchange cmdlet that the procedure names, and near relatives that a template may
// come to need. Every Windows cmdlet of the reference is kept.
var wanted = []string{
	// Lync: the topology and its trusted applications (P3, P4, P5)
	"Disable-CsComputer", "Enable-CsComputer", "Enable-CsTopology", "Export-CsConfiguration", "Get-CsComputer",
	"Get-CsConfigurationStoreLocation", "Get-CsPool", "Get-CsServerApplication", "Get-CsServerPatchVersion",
	"Get-CsServerVersion", "Get-CsService", "Get-CsSipDomain", "Get-CsSite", "Get-CsTopology",
	"Get-CsTrustedApplication", "Get-CsTrustedApplicationComputer", "Get-CsTrustedApplicationEndpoint",
	"Get-CsTrustedApplicationPool", "Import-CsConfiguration", "New-CsTrustedApplication",
	"New-CsTrustedApplicationComputer", "New-CsTrustedApplicationEndpoint", "New-CsTrustedApplicationPool",
	"Publish-CsTopology", "Remove-CsTrustedApplication", "Remove-CsTrustedApplicationComputer",
	"Remove-CsTrustedApplicationEndpoint", "Remove-CsTrustedApplicationPool", "Set-CsTrustedApplication",
	"Set-CsTrustedApplicationEndpoint", "Set-CsTrustedApplicationPool", "Test-CsTopology",

	// Lync: replication, rights, certificates, users (P5, P12, P14)
	"Get-CsAdminRole", "Get-CsAdminRoleAssignment", "Get-CsCertificate", "Get-CsExUmContact",
	"Get-CsManagementConnection", "Get-CsManagementStoreReplicationStatus", "Get-CsUser", "Get-CsUserPoolInfo",
	"Get-CsWindowsService", "Grant-CsSetupPermission", "Invoke-CsManagementStoreReplication",
	"Revoke-CsSetupPermission", "Search-CsClsLogging", "Set-CsUser", "Start-CsClsLogging", "Stop-CsClsLogging",
	"Sync-CsClsLogging", "Test-CsCertificateConfiguration", "Test-CsComputer", "Test-CsIM",
	"Test-CsManagementServer", "Test-CsPresence", "Test-CsRegistration", "Test-CsSetupPermission",

	// Exchange: OWA virtual directories and mailbox policies (P7, P11, P13)
	"Get-OwaMailboxPolicy", "Get-OwaVirtualDirectory", "New-OwaMailboxPolicy", "New-OwaVirtualDirectory",
	"Remove-OwaMailboxPolicy", "Remove-OwaVirtualDirectory", "Set-OwaMailboxPolicy", "Set-OwaVirtualDirectory",
	"Test-OwaConnectivity",

	// Exchange: unified messaging (P2, P6)
	"Disable-UMService", "Enable-UMService", "Get-UMCallRouterSettings", "Get-UMDialPlan", "Get-UMIPGateway",
	"Get-UMMailboxPolicy", "Get-UMServer", "Get-UMService", "New-UMDialPlan", "Set-UMCallRouterSettings",
	"Set-UMDialPlan", "Set-UMServer", "Set-UMService",

	// Exchange: servers, certificates, health, users (P8, P9, P12, P14)
	"Enable-ExchangeCertificate", "Export-ExchangeCertificate", "Get-ADSite", "Get-CASMailbox",
	"Get-ClientAccessArray", "Get-ClientAccessServer", "Get-ClientAccessService", "Get-EventLogLevel",
	"Get-ExchangeCertificate", "Get-ExchangeServer", "Get-HealthReport", "Get-Mailbox", "Get-MailboxServer",
	"Get-OrganizationConfig", "Get-ServerComponentState", "Get-ServerHealth", "Get-User",
	"Import-ExchangeCertificate", "Invoke-MonitoringProbe", "New-ExchangeCertificate",
	"Remove-ExchangeCertificate", "Set-CASMailbox", "Set-EventLogLevel", "Set-ServerComponentState",
	"Test-ServiceHealth",

	// Exchange 2016 and later: setting overrides in place of web.config
	"Get-ExchangeDiagnosticInfo", "Get-ExchangeSettings", "Get-SettingOverride", "New-SettingOverride",
	"Remove-SettingOverride", "Set-SettingOverride",
}
