//! The answer to a refusal.

use axum::response::{IntoResponse, Response};

use super::OAuthError;
use crate::error::{Error, ErrorKind};
use crate::web::pages::{Cancelled, Details, ErrorPage, PermissionPage, Problem, SignIn, messages};
use crate::web::policy::MAX_SHOWN_CAUSES;
use crate::web::respond::headers::{Policy, page};
use crate::web::respond::json::{json, retry_after};

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut response = if self.wants_html() {
            self.page()
        } else {
            self.json()
        };
        retry_after(response.headers_mut(), self.error().retry_after());
        response
    }
}

impl OAuthError {
    fn json(&self) -> Response {
        let mut more = vec![("request_id", self.request_id().into())];
        if self.kind() == ErrorKind::InsufficientScope && self.consent().is_some() {
            more.push(("missing", self.missing().into()));
            more.push(("consent", self.consent().into()));
        }
        let evidence = self.evidence();
        if let Some(details) = evidence.as_ref().map(|e| self.details(e)) {
            more.push(("step", details.step.into()));
            more.push(("detail", details.message.into()));
            more.push(("causes", details.causes.into()));
            more.push(("server_said", details.server_said.into()));
            more.push(("hint", details.hint.into()));
        }
        json(self.status(), self.code(), self.message(), more)
    }

    fn page(&self) -> Response {
        let context = &self.0.context;
        let pages = &*context.pages;
        let (login, evidence) = (self.login(), self.evidence());
        let details = evidence.as_ref().map(|e| self.details(e));
        let (app, login, details) = (&*context.app, &*login, details.as_ref());
        let html = match (self.kind(), &context.missing_scopes) {
            (ErrorKind::AccessDenied | ErrorKind::InsufficientScope, Some(lacking)) => {
                let permissions: Vec<&str> = self.missing().iter().map(|one| &**one).collect();
                pages.permission(&PermissionPage {
                    back: lacking.back.as_deref(),
                    was_asked: lacking.was_asked,
                    was_sent: lacking.was_sent,
                    details,
                    ..PermissionPage::new(app, &lacking.account, &permissions, &lacking.consent)
                })
            }
            (ErrorKind::AccessDenied, None) => pages.cancelled(&Cancelled {
                details,
                ..Cancelled::new(app, login, "/")
            }),
            _ => {
                let title = messages(self.kind()).title;
                let status = self.status().as_u16();
                // Who is signed in need not sign in again.
                let stays = context.missing_scopes.as_ref();
                let ours = self.is_about_sign_in() && stays.is_none();
                let helps = stays.is_some() || (!ours && self.error().is_transient());
                pages.error(&ErrorPage {
                    request_id: self.request_id(),
                    login: ours.then_some(login),
                    again: self.return_to().filter(|_| helps),
                    signed_in: stays.map(|lacking| &*lacking.account),
                    retry_after: self.error().retry_after(),
                    details,
                    ..ErrorPage::new(app, self.code(), status, title, self.message())
                })
            }
        };
        let policy = if context.callback {
            Policy::Callback
        } else {
            Policy::Page
        };
        page(self.status(), html, policy, pages)
    }

    /// The sign-in page again, saying what went wrong.
    pub(crate) fn sign_in(&self, form: &SignIn<'_>) -> Response {
        let evidence = self.evidence();
        let details = evidence.as_ref().map(|e| self.details(e));
        let problem = Problem {
            message: self.message(),
            request_id: self.request_id(),
            details: details.as_ref(),
        };
        let pages = &*self.0.context.pages;
        let html = pages.sign_in(&SignIn {
            problem: Some(problem),
            ..*form
        });
        let mut response = page(self.status(), html, Policy::SignIn, pages);
        retry_after(response.headers_mut(), self.error().retry_after());
        response
    }

    /// Signing in helps: this went wrong in a sign-in, or there is none.
    fn is_about_sign_in(&self) -> bool {
        use ErrorKind as K;
        let elsewhere = matches!(
            self.kind(),
            K::SessionNotFound
                | K::CrossSiteRequest
                | K::RateLimited
                | K::InvalidRequest
                | K::TemporarilyUnavailable
                | K::SessionStoreFailed
                | K::Configuration
        );
        self.0.context.callback || !elsewhere
    }

    /// For developers; nothing in production.
    fn evidence(&self) -> Option<Evidence> {
        self.0
            .context
            .development
            .then(|| Evidence::of(self.error()))
    }

    fn details<'a>(&'a self, evidence: &'a Evidence) -> Details<'a> {
        Details {
            step: self.step(),
            message: &evidence.message,
            causes: &evidence.causes,
            server_said: self.error().server_said(),
            hint: messages(self.kind()).hint,
        }
    }
}

/// What the error says of itself.
struct Evidence {
    message: String,
    causes: Vec<String>,
}

impl Evidence {
    fn of(error: &Error) -> Self {
        let first = std::error::Error::source(error);
        let causes = std::iter::successors(first, |cause| cause.source());
        Self {
            message: error.to_string(),
            causes: causes
                .take(MAX_SHOWN_CAUSES)
                .map(ToString::to_string)
                .collect(),
        }
    }
}
