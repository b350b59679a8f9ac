"""The learner's way in: a folder to work in, JupyterLab on it, and at the end one run of all with a certificate."""
