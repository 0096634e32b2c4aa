"""The pages, each a file that ``st.navigation`` runs.

The folder is not called ``pages``: Streamlit would serve the files of a folder of that name without the entry around them.
"""
