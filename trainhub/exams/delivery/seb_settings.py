"""What a locked browser may do in an exam: the settings of Safe Exam Browser 3 that a sitting hands out.

Written down in full, also where the browser's own default is the same: the Config Key covers only what the
file names. No fraction, no date and no quotation mark stands among them; browsers disagree on how those are
hashed.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

START_PATH = "/exam/attempt"
QUIT_PATH = "/exam/lockdown/quit"
SALT = 32

_FORBIDDEN = """
allowApplicationLog allowAudioCapture allowBrowsingBackForward allowCustomDownUploadLocation
allowDeveloperConsole allowDictation allowDictionaryLookup allowDisplayMirroring allowDownUploads
allowDownloads allowFind allowPDFPlugIn allowPDFReaderToolbar allowPreferencesWindow allowPrint
allowScreenSharing allowSiri allowSpellCheck allowSwitchToApplications allowUploads
allowUserSwitching allowVirtualMachine allowWlan audioControlEnabled browserMediaCaptureMicrophone
browserMediaCaptureScreen browserWindowAllowAddressBar
downloadAndOpenSebConfig downloadPDFFiles enableAltEsc enableAltF4 enableAltMouseWheel enableAltTab
enableBrowserWindowToolbar enableCtrlEsc enableEsc enableF1 enableF10 enableF11 enableF12 enableF2
enableF3 enableF4 enableF6 enableF7 enableF8 enableF9 enableMiddleMouse enablePlugIns
enablePrintScreen enableRightMouse enableStartMenu examSessionReconfigureAllow
insideSebEnableChangeAPassword insideSebEnableLockThisComputer insideSebEnableLogOff
insideSebEnableNetworkConnectionSelector insideSebEnableShutDown insideSebEnableStartTaskManager
insideSebEnableSwitchUser insideSebEnableVmWareClientShade killExplorerShell
newBrowserWindowAllowAddressBar newBrowserWindowNavigation quitURLConfirm quitURLRestart
sebServiceIgnore showMenuBar showNavigationButtons showScanQRCodeButton showSideMenu
startURLAllowDeepLink startURLAppendQueryParameter touchOptimized URLFilterEnableContentFilter
"""
# The camera: a sitting may take photographs, and the page asks for it only then; the site itself allows it to
# no other page.
_ALLOWED = """
browserMediaCaptureCamera browserWindowAllowReload createNewDesktop enableF5 enableJavaScript
enablePrivateClipboard
enableSebBrowser enableSessionVerification enableZoomPage hookKeys ignoreExitKeys
insideSebEnableEaseOfAccess monitorProcesses newBrowserWindowByLinkBlockForeign
newBrowserWindowByScriptBlockForeign sendBrowserExamKey showInputLanguage showQuitButton
showReloadButton showReloadWarning showTaskBar showTime URLFilterEnable
"""
# What the page keeps on the machine outlives a crash, a power cut and a restart of the browser: the journal
# of answers not yet sent and the token of this seat are what the candidate goes on with.
_KEPT = """
examSessionClearCookiesOnEnd examSessionClearCookiesOnStart removeBrowserProfile removeLocalStorage
"""
_CHOSEN = {
    "allowedDisplaysMaxNumber": 1,
    "browserViewMode": 1,  # full screen
    "browserWindowShowURL": 0,  # never
    "browserWindowWebView": 3,  # the modern one; its keys come through the page's script
    "clipboardPolicy": 2,  # a clipboard of the browser's own
    "newBrowserWindowByLinkPolicy": 0,  # none
    "newBrowserWindowByScriptPolicy": 0,
    "proxySettingsPolicy": 0,  # as the machine is set
    "sebConfigPurpose": 0,  # begin an exam, do not set up the machine
    "sebMode": 0,  # local, no server of the browser's own
    "sebServicePolicy": 1,  # warn when the service that locks Windows down is missing
}


def exam_settings(public_url: str, quit_password: str = "") -> dict[str, Any]:
    """Return the settings of one sitting; its salts are new, so no other configuration has the same keys.

    Args:
        public_url: address under which people reach the site.
        quit_password: with which an invigilator ends the browser; without one it ends by the link alone.
    """
    site = public_address(public_url)
    return (
        dict.fromkeys(_FORBIDDEN.split(), False)
        | dict.fromkeys(_ALLOWED.split(), True)
        | dict.fromkeys(_KEPT.split(), False)
        | _CHOSEN
        | {
            "allowQuit": bool(quit_password),
            "configKeySalt": secrets.token_bytes(SALT),
            "examKeySalt": secrets.token_bytes(SALT),
            "hashedAdminPassword": "",
            "hashedQuitPassword": _hashed(quit_password),
            "originatorVersion": "SEB_trainhub",
            "quitURL": site + QUIT_PATH,
            "startURL": site + START_PATH,
            "URLFilterRules": [
                {"action": 1, "active": True, "expression": f"{site}/exam/*", "regex": False},
                {"action": 1, "active": True, "expression": f"{site}/static/*", "regex": False},
            ],
        }
    )


@lru_cache(64)
def public_address(public_url: str) -> str:
    """Return the public address as a browser writes it: small letters, no port that goes without saying."""
    parts = urlsplit(public_url)
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def lockdown_address(public_url: str, code: str) -> str:
    """Return the address that starts the locked browser with a sitting's configuration."""
    scheme, rest = public_address(public_url).split("://", 1)
    return f"{'sebs' if scheme == 'https' else 'seb'}://{rest}/exam/lockdown/{code}.seb"


def _hashed(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest() if password else ""
