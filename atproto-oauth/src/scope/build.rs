//! Permissions made of their parts.

use super::canonical::Printer;
use super::scope::Scope;
use crate::error::{Error, ErrorKind};

/// What may be done to records; see [`Scope::repo`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RepoAction {
    /// New records.
    Create,
    /// Other contents for records that exist.
    Update,
    /// No record any more.
    Delete,
}

impl RepoAction {
    /// Everything that can be done to records.
    pub const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Delete];

    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// By its name in scopes.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// A part of an account that its server keeps; see [`Scope::account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountAttr {
    /// The email address.
    Email,
    /// The whole repository: to manage it is to import another one.
    Repo,
}

/// What may be done to a part of an account; see [`Scope::account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountAction {
    /// To see it.
    Read,
    /// To see and to change it.
    Manage,
}

/// A part of the identity; see [`Scope::identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityAttr {
    /// The handle.
    Handle,
    /// Everything: the handle and the DID document.
    All,
}

/// # Made of parts
///
/// What these functions return is spelled as people would write it, which need not be the
/// [`canonical`](Self::canonical) spelling: one name stands after the colon, several are repeated
/// parameters in the order they were given; `action` is left out where it is all of them, and is
/// else in the order delete, update, create; the `aud` of `rpc` comes before several methods; in
/// parameters all but letters, digits and `-._~*:/` is percent-encoded, so the `#` of a service is
/// `%23`. `atproto` and `transition:…` have no parts: parse them.
impl Scope {
    /// Writing records of these collections, or of all: `"*"`.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    /// use atproto_oauth::scope::RepoAction;
    ///
    /// let all = Scope::repo(["app.example.profile"], RepoAction::ALL)?;
    /// assert_eq!(all.as_str(), "repo:app.example.profile");
    /// let some = Scope::repo(["app.example.repost"], [RepoAction::Create, RepoAction::Update])?;
    /// assert_eq!(some.as_str(), "repo:app.example.repost?action=update&action=create");
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`]: no collection, one that is no NSID, or no action, which in a
    /// scope would mean all of them.
    pub fn repo<N: AsRef<str>>(
        collections: impl IntoIterator<Item = N>,
        actions: impl IntoIterator<Item = RepoAction>,
    ) -> Result<Self, Error> {
        let actions: Vec<_> = actions.into_iter().collect();
        if actions.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidRequest,
                "a permission for no action cannot be written, as `repo` without `action` means all \
                 of them; name an action, or leave the permission out",
            ));
        }
        let mut scope = Printer::new("repo");
        scope.names("collection", &strings(collections));
        if !RepoAction::ALL.iter().all(|one| actions.contains(one)) {
            for action in RepoAction::ALL.iter().rev() {
                if actions.contains(action) {
                    scope.parameter("action", action.name().as_bytes());
                }
            }
        }
        scope.text.parse()
    }

    /// Calling these methods, or all (`"*"`), of a service: a DID with a fragment, or any (`"*"`). One
    /// of the two has to be named.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    ///
    /// let methods = ["app.example.getFeed", "app.example.getProfile"];
    /// let scope = Scope::rpc(methods, "did:web:api.example.com#svc_appview")?;
    /// assert_eq!(
    ///     scope.as_str(),
    ///     "rpc?aud=did:web:api.example.com%23svc_appview\
    ///      &lxm=app.example.getFeed&lxm=app.example.getProfile",
    /// );
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// There is none for `inheritAud`: that is a member of the entries of a
    /// [`PermissionSet`](super::PermissionSet), and no scope can have it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`]: no method, one that is no NSID, a service that is none, or `"*"`
    /// for both.
    pub fn rpc<N: AsRef<str>>(
        methods: impl IntoIterator<Item = N>,
        service: &str,
    ) -> Result<Self, Error> {
        let mut scope = Printer::new("rpc");
        let methods = strings(methods);
        if let [method] = methods.as_slice() {
            scope.positional(method.as_bytes());
            scope.parameter("aud", service.as_bytes());
        } else {
            scope.parameter("aud", service.as_bytes());
            scope.names("lxm", &methods);
        }
        scope.text.parse()
    }

    /// Uploading files of these media types: `image/png`, `image/*` or `*/*`.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    ///
    /// assert_eq!(Scope::blob(["image/*"])?.as_str(), "blob:image/*");
    /// let two = Scope::blob(["video/*", "text/html"])?;
    /// assert_eq!(two.as_str(), "blob?accept=video/*&accept=text/html");
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`]: no media type, or one that is none.
    pub fn blob<N: AsRef<str>>(accept: impl IntoIterator<Item = N>) -> Result<Self, Error> {
        let mut scope = Printer::new("blob");
        scope.names("accept", &strings(accept));
        scope.text.parse()
    }

    /// A part of the account; to read it, where nothing else is said.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    /// use atproto_oauth::scope::{AccountAction, AccountAttr};
    ///
    /// let read = Scope::account(AccountAttr::Email, None)?;
    /// assert_eq!(read.as_str(), "account:email");
    /// let manage = Scope::account(AccountAttr::Repo, Some(AccountAction::Manage))?;
    /// assert_eq!(manage.as_str(), "account:repo?action=manage");
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// # Errors
    /// None today: all that can be given is a permission.
    pub fn account(attr: AccountAttr, action: Option<AccountAction>) -> Result<Self, Error> {
        let mut scope = Printer::new("account");
        let attr = match attr {
            AccountAttr::Email => "email",
            AccountAttr::Repo => "repo",
        };
        scope.positional(attr.as_bytes());
        match action {
            None => {}
            Some(AccountAction::Read) => scope.parameter("action", b"read"),
            Some(AccountAction::Manage) => scope.parameter("action", b"manage"),
        }
        scope.text.parse()
    }

    /// A part of the identity, to change it.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    /// use atproto_oauth::scope::IdentityAttr;
    ///
    /// assert_eq!(Scope::identity(IdentityAttr::Handle)?.as_str(), "identity:handle");
    /// assert_eq!(Scope::identity(IdentityAttr::All)?.as_str(), "identity:*");
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// # Errors
    /// None today: all that can be given is a permission.
    pub fn identity(attr: IdentityAttr) -> Result<Self, Error> {
        let mut scope = Printer::new("identity");
        let attr = match attr {
            IdentityAttr::Handle => "handle",
            IdentityAttr::All => "*",
        };
        scope.positional(attr.as_bytes());
        scope.text.parse()
    }

    /// What a permission set holds; `service` is for those of its entries that leave it open.
    ///
    /// ```
    /// use atproto_oauth::Scope;
    ///
    /// let scope = Scope::include("com.example.authFull", Some("did:web:api.example.com#svc_chat"))?;
    /// assert_eq!(
    ///     scope.as_str(),
    ///     "include:com.example.authFull?aud=did:web:api.example.com%23svc_chat",
    /// );
    /// # Ok::<(), atproto_oauth::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`]: `set` is no NSID, or the service is none; `"*"` is none here.
    pub fn include(set: &str, service: Option<&str>) -> Result<Self, Error> {
        let mut scope = Printer::new("include");
        scope.positional(set.as_bytes());
        if let Some(service) = service {
            scope.parameter("aud", service.as_bytes());
        }
        scope.text.parse()
    }
}

fn strings<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Vec<String> {
    let names = names.into_iter();
    names.map(|name| name.as_ref().to_owned()).collect()
}
