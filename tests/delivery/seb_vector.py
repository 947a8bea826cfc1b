"""A published pair of settings and Config Key, by which implementations of other houses are tested too.

Saved by Safe Exam Browser 2.1.4 for macOS; the key is the one that this browser showed for them.
"""

import base64

CONFIG_KEY = "4fa9af8ec8759eb7c680752ef4ee5eaf1a860628608fccae2715d519849f9292"

_IN_PROXIES = "org_safeexambrowser_SEB_"

_YES = """
allowPreferencesWindow allowQuit allowUserSwitching allowedDisplayBuiltin browserURLSalt
browserWindowAllowReload createNewDesktop detectStoppedProcess downloadAndOpenSebConfig enableAltTab
enableAppSwitcherCheck enableEsc enableF1 enableF10 enableF11 enableF12 enableF2 enableF3 enableF4
enableF5 enableF6 enableF7 enableF8 enableF9 enableJavaScript enableLogging enablePlugIns
enablePrivateClipboard enableRightMouse enableSebBrowser enableZoomPage enableZoomText
examSessionClearSessionCookies forceAppFolderInstall hookKeys ignoreExitKeys
mobileAllowInlineMediaPlayback mobileEnableASAM mobilePreventAutoLock
mobileSupportedFormFactorsCompact mobileSupportedFormFactorsNonTelephonyCompact
mobileSupportedFormFactorsRegular mobileSupportedScreenOrientationsCompactLandscapeLeft
mobileSupportedScreenOrientationsCompactLandscapeRight
mobileSupportedScreenOrientationsCompactPortrait
mobileSupportedScreenOrientationsRegularLandscapeLeft
mobileSupportedScreenOrientationsRegularLandscapeRight
mobileSupportedScreenOrientationsRegularPortrait
mobileSupportedScreenOrientationsRegularPortraitUpsideDown monitorProcesses
newBrowserWindowAllowReload newBrowserWindowNavigation quitURLConfirm restartExamPasswordProtected
sendBrowserExamKey showBackToStartButton showMenuBar showQuitButton showReloadButton showTaskBar
showTime urlFilterRegex
"""
_NO = """
URLFilterEnable URLFilterEnableContentFilter allowBrowsingBackForward allowDictation
allowDictionaryLookup allowDisplayMirroring allowDownUploads allowFlashFullscreen allowPDFPlugIn
allowScreenSharing allowSiri allowSpellCheck allowSwitchToApplications allowUserAppFolderInstall
allowVideoCapture allowVirtualMachine allowWlan blockPopUpWindows browserMediaAutoplay
browserScreenKeyboard configFileCreateIdentity configFileEncryptUsingIdentity downloadPDFFiles
enableAltEsc enableAltF4 enableAltMouseWheel enableBrowserWindowToolbar enableCtrlEsc
enableDrawingEditor enableJava enablePrintScreen enableStartMenu enableTouchExit
examSessionReconfigureAllow hideBrowserWindowToolbar ignoreQuitPassword
insideSebEnableChangeAPassword insideSebEnableEaseOfAccess insideSebEnableLockThisComputer
insideSebEnableLogOff insideSebEnableNetworkConnectionSelector insideSebEnableShutDown
insideSebEnableStartTaskManager insideSebEnableSwitchUser insideSebEnableVmWareClientShade
killExplorerShell logSendingRequiresAdminPassword mobileAllowPictureInPictureMediaPlayback
mobileAllowQRCodeConfig mobileAllowSingleAppMode mobileCompactAllowInlineMediaPlayback
mobileEnableGuidedAccessLinkTransform mobileShowSettings
mobileSupportedScreenOrientationsCompactPortraitUpsideDown newBrowserWindowByLinkBlockForeign
newBrowserWindowByScriptBlockForeign newBrowserWindowShowReloadWarning openDownloads
pinEmbeddedCertificates quitURLRestart removeBrowserProfile removeLocalStorage
restartExamUseStartURL sebServerFallback showInputLanguage showNavigationButtons showReloadWarning
showScanQRCodeButton startURLAllowDeepLink startURLAppendQueryParameter touchOptimized
urlFilterTrustedContent
"""
_EMPTY_TEXTS = """
blacklistURLFilter browserUserAgent browserUserAgentMacCustom browserUserAgentWinDesktopModeCustom
browserUserAgentWinTouchModeCustom browserUserAgentiOSCustom examSessionReconfigureConfigURL
hashedAdminPassword hashedQuitPassword logDirectoryOSX logDirectoryWin quitURL restartExamText
restartExamURL sebServerURL whitelistURLFilter
"""
_EMPTY_LISTS = """
URLFilterIgnoreList URLFilterRules additionalResources embeddedCertificates permittedProcesses
prohibitedProcesses
"""
_NUMBERS = {
    0: """
    URLFilterMessage allowiOSBetaVersionNumber browserUserAgentMac browserUserAgentWinDesktopMode
    browserUserAgentWinTouchMode browserUserAgentiOS browserViewMode browserWindowShowURL
    chooseFileToUploadPolicy proxySettingsPolicy sebConfigPurpose sebMode zoomMode
    """,
    1: """
    allowedDisplaysMaxNumber mainBrowserWindowPositioning mobileStatusBarAppearance
    mobileStatusBarAppearanceExtended newBrowserWindowByLinkPolicy
    """,
    2: """
    exitKey1 newBrowserWindowByLinkPositioning newBrowserWindowByScriptPolicy
    newBrowserWindowShowURL oskBehavior sebServicePolicy
    """,
    3: "allowiOSVersionNumberMinor",
    4: "logLevel minMacOSVersion",
    5: "allowiOSVersionNumberPatch exitKey3",
    9: "allowiOSVersionNumberMajor",
    10: "exitKey2",
    40: "taskBarHeight",
    120000: "browserMessagingPingTime",
}
_PROXIES = {
    False: """
    AutoConfigurationEnabled AutoDiscoveryEnabled ExcludeSimpleHostnames FTPEnable FTPRequiresPassword
    HTTPEnable HTTPRequiresPassword HTTPSEnable HTTPSRequiresPassword RTSPEnable RTSPRequiresPassword
    SOCKSEnable SOCKSRequiresPassword
    """,
    True: "FTPPassive",
    "": """
    AutoConfigurationJavaScript AutoConfigurationURL FTPPassword FTPProxy FTPUsername HTTPPassword HTTPProxy
    HTTPSPassword HTTPSProxy HTTPSUsername HTTPUsername RTSPPassword RTSPProxy RTSPUsername SOCKSPassword
    SOCKSProxy SOCKSUsername
    """,
    21: "FTPPort",
    80: "HTTPPort",
    443: "HTTPSPort",
    554: "RTSPPort",
    1080: "SOCKSPort",
}


def published_settings():
    """The settings, in no particular order."""
    settings = {
        "browserMessagingSocket": "ws:\\localhost:8706",
        "browserUserAgentWinTouchModeIPad": (
            "Mozilla/5.0 (iPad; CPU OS 11_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/11.0 Mobile/15E148 Safari/604.1"
        ),
        "configKeySalt": b"",
        "downloadDirectoryOSX": "/Users/andrewmadden/Downloads",
        "downloadDirectoryWin": "Downloads",
        "examKeySalt": base64.b64decode("4iLONVAc1yKWLxbe6Vbf2vWYQO6zIRAobKgc3f25LH8="),
        "mainBrowserWindowHeight": "100%",
        "mainBrowserWindowWidth": "100%",
        "newBrowserWindowByLinkHeight": "100%",
        "newBrowserWindowByLinkWidth": "1000",
        "originatorVersion": "SEB_OSX_2.1.4_2B66",
        "startURL": "https://www.google.com",
    }
    settings |= dict.fromkeys(_YES.split(), True)
    settings |= dict.fromkeys(_NO.split(), False)
    settings |= dict.fromkeys(_EMPTY_TEXTS.split(), "")
    settings |= {name: [] for name in _EMPTY_LISTS.split()}
    for number, names in _NUMBERS.items():
        settings |= dict.fromkeys(names.split(), number)
    proxies = {f"{_IN_PROXIES}ExceptionsList": []}
    for value, names in _PROXIES.items():
        proxies |= {f"{_IN_PROXIES}{name}": value for name in names.split()}
    return settings | {"proxies": proxies}
