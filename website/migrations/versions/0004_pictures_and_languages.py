"""Pictures and languages

Revision ID: 0004
Revises: 0003

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('picture',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_picture'))
    )

    # Columns are added in place, and with a value of the database's own: the release before goes on writing rows.
    op.add_column('user', sa.Column('language', sa.String(), nullable=False, server_default=''))
    op.add_column('user', sa.Column('picture', sa.String(), nullable=False, server_default=''))
    op.add_column('link', sa.Column('picture', sa.String(), nullable=False, server_default=''))


def downgrade():
    op.drop_column('link', 'picture')
    op.drop_column('user', 'picture')
    op.drop_column('user', 'language')

    op.drop_table('picture')
